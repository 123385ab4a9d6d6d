import { mount } from "svelte";
import App from "./App.svelte";
import { chooseBackend } from "./lib/ipc";
import { Session } from "./lib/state/session.svelte";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");

const session = new Session(await chooseBackend());
if (import.meta.env.MODE === "demo") (await import("./demo")).dress(session);
// The first thing painted should be a screen: the shell answers before a frame is due, and only a slow start is
// worth a word of its own.
const SLOW_MS = 150;
await Promise.race([session.start(), new Promise((late) => setTimeout(late, SLOW_MS))]);
mount(App, { target, props: { session } });
