/** An attachment: what has just appeared takes the focus, wherever it was (`autofocus` does so on a fresh page only). */
export function focused(node: HTMLElement): void {
  node.focus();
}
