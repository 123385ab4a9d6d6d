export { fakeFromAddress } from "./address";
export { FakeBackend } from "./backend";
export type { FakeOptions } from "./options";
