import { createContext } from "svelte";
import type { Profile } from "../ipc";
import type { BoardState } from "./board.svelte";
import type { Desk } from "./desk.svelte";
import type { QuickLine } from "./quickline.svelte";
import type { Session } from "./session.svelte";

export const [getSession, setSession] = createContext<Session>();

/** The running visits; there only while someone is signed in. */
export const [getBoard, setBoard] = createContext<BoardState>();

export const [getDesk, setDesk] = createContext<Desk>();

export const [getLine, setLine] = createContext<QuickLine>();

/** The shop's profile, for screens that exist only once there is one. */
export function profileOf(session: Session): Profile {
  if (!session.profile) throw new Error("this screen needs a profile");
  return session.profile;
}
