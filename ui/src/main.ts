import { mount } from "svelte";
import App from "./App.svelte";
import { chooseBackend } from "./lib/ipc";
import { Session } from "./lib/state/session.svelte";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");

const session = new Session(await chooseBackend());
mount(App, { target, props: { session } });
void session.start();
