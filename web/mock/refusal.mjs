/** What the mock says no with: a problem document (RFC 9457). */
export class Refusal extends Error {
  constructor(status, title, title_en, detail = '', detail_en = detail, id = 'mock') {
    super(title_en);
    this.status = status;
    this.problem = { type: `urn:diemcau:${id}`, title, title_en, status, detail, detail_en };
  }
}
