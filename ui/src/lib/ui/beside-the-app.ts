/** Puts a sheet of paper beside the app, not in it: then all of the app can be left off the paper. */
export function besideTheApp(sheet: HTMLElement): () => void {
  document.body.append(sheet);
  return () => sheet.remove();
}
