/** Scrolls the list of an item, and nothing around it, just so far that the whole item is seen. */
export function inSight(item: HTMLElement): void {
  const list = item.parentElement;
  if (!list) return;
  list.scrollTop += beyond(
    item.offsetTop - list.offsetTop,
    item.offsetHeight,
    list.scrollTop,
    list.clientHeight,
  );
  list.scrollLeft += beyond(
    item.offsetLeft - list.offsetLeft,
    item.offsetWidth,
    list.scrollLeft,
    list.clientWidth,
  );
}

/** How far to scroll so that `size` from `start` lies in the view of `length` that begins at `from`. */
export function beyond(start: number, size: number, from: number, length: number): number {
  if (start < from) return start - from;
  return Math.max(0, start + size - from - length);
}
