export { fakeFromAddress } from "./address";
export { FakeBackend, type FakeOptions } from "./backend";
