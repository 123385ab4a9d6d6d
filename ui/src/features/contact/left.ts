/** A visitor who touches nothing for so long has gone, and leaves nothing behind. */
export const LEFT_MS = 2 * 60_000;
