/** A visitor who touches nothing for so long has gone, and leaves nothing behind. */
export const LEFT_MS = 2 * 60_000;
/** One whose phone has opened the page types there: as long as the page is open. */
export const PHONE_LEFT_MS = 10 * 60_000;
