/** The picture of a QR code as the address of an image: it is shown as a picture, never as part of the page. */
export function pictureUrl(picture: string): string {
  if (picture.startsWith('data:image/')) return picture;
  const svg = picture.includes('xmlns=') ? picture : picture.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"');
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
