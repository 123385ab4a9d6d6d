//! Plays a schedule.

use super::audit::{self, Broken, Memory};
use super::house::{DEVICES, House, roster, store};
use super::op::Op;
use super::till::Till;
use crate::faults::Tally;
use anyhow::{Result, anyhow};
use floorbook_ledger::{Act, LedgerError, StoredContact};
use floorbook_model::{
    ClerkId, Clock, Closing, Consent, ContactId, Correction, CorrectionReason, DwellSource, FieldValue, HandOver,
    NoticeRef, Opening, Outcome, PackRef, Patch, VisitId,
};
use floorbook_protocol::{ContactName, ContactRecord, OpeningKey, Order, receipt_code};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::Duration;
use tempfile::TempDir;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};

/// Fields of a card, and how many words there are for each.
const FIELDS: [&str; 4] = ["age", "company", "interest", "matters"];
/// After that nothing waits for an answer that was late.
const SLOWEST: Duration = Duration::from_secs(61);
/// Where the network is well, what is asked for is sent so soon.
const SOON: Duration = Duration::from_secs(10);
/// So soon a follower that had failed asks again.
const FOLLOWED: Duration = Duration::from_secs(65);
/// Where nothing fails, what one device logs is everywhere so soon.
const AT_ONCE: Duration = Duration::from_secs(2);
/// Nobody does anything for so long.
const QUIET: Duration = Duration::from_secs(20);
/// Calls of one device meanwhile.
const CALLS_MAX: u64 = 6;
/// So often it is looked whether something came true.
const GLANCE: Duration = Duration::from_millis(250);

/// Plays `ops` from the first morning of a store to a network that is well again.
///
/// # Errors
/// [`Broken`], with what did not hold.
pub fn play(ops: &[Op]) -> Result<Tally, Broken> {
    // One thread for the work that blocks, and one queue for all that wakes: as little as can be is left to chance.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .max_blocking_threads(1)
        .global_queue_interval(u32::MAX)
        .build()
        .map_err(anyhow::Error::from)?;
    let ops = ops.to_vec();
    let playing = runtime.spawn(async move {
        let mut scene = Scene::open(devices_of(&ops))?;
        for op in &ops {
            scene.step(*op).await?;
        }
        scene.end().await?;
        Ok(scene.tally(ops.len()))
    });
    runtime.block_on(playing).map_err(anyhow::Error::from)?
}

/// Two at least, or there would be nobody to agree with.
fn devices_of(ops: &[Op]) -> u8 {
    ops.iter().filter_map(|op| op.device()).max().map_or(0, |n| n + 1).clamp(2, DEVICES)
}

struct Scene {
    house: Arc<House>,
    tills: Vec<Till>,
    memory: Memory,
    /// Every visit, and the device that opened it.
    visits: Vec<(u8, VisitId)>,
    /// The last word of each device on each field of each visit.
    words: BTreeMap<(u8, VisitId, &'static str), String>,
    said: u64,
    /// Every contact: who took it, and its last revision until it is erased.
    contacts: BTreeMap<ContactId, (u8, Option<u32>)>,
    was_put_back: bool,
    shut_out: BTreeSet<u8>,
    shut_out_at_backup: BTreeSet<u8>,
    full: BTreeSet<u8>,
    people: u8,
    _folder: TempDir,
}

impl Scene {
    fn open(devices: u8) -> Result<Self, Broken> {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        let folder = folder.map_err(anyhow::Error::from)?;
        let house = House::open(folder.path().join("hq"))?;
        let tills = (0..devices).map(|n| Till::open(folder.path(), n, &house)).collect::<Result<_>>()?;
        Ok(Self {
            house,
            tills,
            memory: Memory::default(),
            visits: Vec::new(),
            words: BTreeMap::new(),
            said: 0,
            contacts: BTreeMap::new(),
            was_put_back: false,
            shut_out: BTreeSet::new(),
            shut_out_at_backup: BTreeSet::new(),
            full: BTreeSet::new(),
            people: 1,
            _folder: folder,
        })
    }

    /// Does something while nobody else does anything.
    fn still<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Broken>) -> Result<T, Broken> {
        let (begun, begins) = mpsc::channel();
        let (ends, ended) = mpsc::channel::<()>();
        spawn_blocking(move || {
            let _ = begun.send(());
            let _ = ended.recv();
        });
        begins.recv().map_err(anyhow::Error::from)?;
        let done = work(self);
        drop(ends);
        done
    }

    async fn step(&mut self, op: Op) -> Result<(), Broken> {
        match op {
            Op::Wait(ms) => sleep(Duration::from_millis(ms.into())).await,
            Op::Restart(n) => self.till_mut(n).restart().await?,
            Op::HqRestart => self.house.restart().await?,
            Op::HqBackup => {
                self.house.back_up().await?;
                self.shut_out_at_backup.clone_from(&self.shut_out);
            }
            Op::HqRestore => {
                if self.house.put_back().await? {
                    self.was_put_back = true;
                    self.house.fill(self.full.contains(&DEVICES))?;
                    self.shut_out.clone_from(&self.shut_out_at_backup);
                    self.still(|scene| scene.memory.forgive(&scene.house, &scene.tills))?;
                }
            }
            _ => self.still(|scene| scene.act(op))?,
        }
        self.still(Self::check).map_err(|broken| broken.after(op))
    }

    fn check(&mut self) -> Result<(), Broken> {
        audit::check(&self.house, &self.tills, &mut self.memory)?;
        for till in &self.tills {
            let heard = till.syncer().heard().borrow().as_ref().map_or(Order::Stay, |heard| heard.config.order);
            if heard == Order::Wipe {
                return Err(anyhow!("device {} believes somebody who wants it to destroy itself", till.n).into());
            }
        }
        Ok(())
    }

    fn till_mut(&mut self, n: u8) -> &mut Till {
        let n = usize::from(n) % self.tills.len();
        &mut self.tills[n]
    }

    fn till(&self, n: u8) -> &Till {
        &self.tills[usize::from(n) % self.tills.len()]
    }

    fn act(&mut self, op: Op) -> Result<(), Broken> {
        match op {
            Op::Ask(n) => self.till(n).syncer().ask(),
            Op::Net(n, call, fault, times) => self.till(n).line.will(call, fault, times.max(1)),
            Op::Jump(n, hours) => self.till(n).clock.jump(hours),
            Op::Full(n) => self.fill(self.till(n).n, true)?,
            Op::Room(n) => self.fill(self.till(n).n, false)?,
            Op::HqFull => self.fill(DEVICES, true)?,
            Op::HqRoom => self.fill(DEVICES, false)?,
            Op::HqJump(hours) => self.house.clock.jump(hours),
            Op::Revoke(n) => {
                let n = self.till(n).n;
                match self.house.hq()?.revoke_device(self.till(n).grant().device, floorbook_hq::Because::default()) {
                    Ok(()) => drop(self.shut_out.insert(n)),
                    Err(_) if self.full.contains(&DEVICES) => {}
                    Err(error) => return Err(anyhow::Error::from(error).into()),
                }
            }
            Op::Roster => {
                self.people = self.people % 9 + 1;
                self.house
                    .hq()?
                    .set_roster(&store(), &roster(self.people), floorbook_hq::Because::default())
                    .map_err(anyhow::Error::from)?;
            }
            _ => return self.clerk_does(op),
        }
        Ok(())
    }

    /// A disk: of a device, or of headquarters.
    fn fill(&mut self, n: u8, is_full: bool) -> Result<(), Broken> {
        if is_full {
            self.full.insert(n)
        } else {
            self.full.remove(&n)
        };
        match self.tills.get(usize::from(n)) {
            Some(till) => till.fill(is_full)?,
            None => self.house.fill(is_full)?,
        }
        Ok(())
    }

    fn clerk_does(&mut self, op: Op) -> Result<(), Broken> {
        let (n, done) = match op {
            Op::Arrive(n) => (n, self.arrive(n)),
            Op::Tap(n, visit, tap) => (n, self.tap(n, visit, tap)),
            Op::Write(n, visit, thousands) => (n, self.write(n, visit, thousands)),
            Op::Split(n, visit) => (n, self.split(n, visit)),
            Op::Merge(n, gone, kept) => (n, self.merge(n, gone, kept)),
            Op::Close(n, visit) => (n, self.on(n, visit, Act::Close(self.closing(n)))),
            Op::Reopen(n, visit) => (n, self.on(n, visit, Act::Reopen)),
            Op::HandOver(n, visit) => {
                (n, self.on(n, visit, Act::HandOver(HandOver { from: clerk(0), to: clerk(n + 1), note: None })))
            }
            Op::Retime(n, visit) => (n, self.on(n, visit, Act::Retime(self.now_ms(n) - 60_000))),
            Op::Correct(n, visit) => (n, self.on(n, visit, Act::Correct(self.correction(n)))),
            Op::Void(n, visit) => (n, self.on(n, visit, Act::Void)),
            Op::Give(n, visit) => (n, self.give(n, visit)),
            Op::Erase(n, visit) => (n, self.erase(n, visit)),
            Op::Link(n, visit, other) => (n, self.on(n, visit, Act::Link(self.visit(other)))),
            _ => return Ok(()),
        };
        let n = self.till(n).n;
        match done {
            Ok(()) => Ok(()),
            Err(LedgerError::Sqlite(_)) if self.full.contains(&n) => Ok(()),
            Err(
                LedgerError::VisitUnknown(_)
                | LedgerError::VisitNotOpen(_)
                | LedgerError::TooFew
                | LedgerError::NameTaken(_),
            ) => Ok(()),
            Err(error) => Err(anyhow::Error::from(error).context(format!("device {n}: {op:?}")).into()),
        }
    }

    fn visit(&self, n: u8) -> Option<VisitId> {
        self.visits.get(usize::from(n) % self.visits.len().max(1)).map(|(_, visit)| *visit)
    }

    fn now_ms(&self, n: u8) -> i64 {
        self.till(n).clock.wall_ms()
    }

    fn arrive(&mut self, n: u8) -> Result<(), LedgerError> {
        let till = self.till(n);
        let opening = Opening::new(till.clock.wall_ms(), 1 + n % 4, PackRef { id: "apparel".to_owned(), version: 1 });
        let visit = till.book().open_visit(&clerk(0), opening)?.id();
        till.syncer().written();
        self.visits.push((till.n, visit));
        Ok(())
    }

    /// Every word is another, so that none of them can stand for another one.
    fn word(&mut self) -> String {
        self.said += 1;
        format!("w{}.", self.said)
    }

    fn tap(&mut self, n: u8, visit: u8, tap: u8) -> Result<(), LedgerError> {
        let word = self.word();
        self.say(n, visit, FIELDS[usize::from(tap) % FIELDS.len()], tap / 8, word)
    }

    fn write(&mut self, n: u8, visit: u8, thousands: u8) -> Result<(), LedgerError> {
        let word = self.word();
        // As dense as text can be: what compresses well would never fill a batch.
        let mut dense = vec![0; usize::from(thousands) * 1_000];
        self.till(n).rng().fill(&mut dense);
        let text = dense.iter().map(|byte| char::from(b'#' + byte % 56)).filter(|letter| *letter != '\\');
        self.say(n, visit, "note", 0, format!("{word}{}", text.collect::<String>()))
    }

    fn say(&mut self, n: u8, visit: u8, field: &'static str, hand: u8, word: String) -> Result<(), LedgerError> {
        let (till, Some(visit)) = (self.till(n), self.visit(visit)) else { return Ok(()) };
        let n = till.n;
        let patch = Patch::from([(field.to_owned(), FieldValue::Text(word.clone()))]);
        till.book().note(&clerk(hand % 2), visit, &patch)?;
        till.syncer().tapped();
        self.words.insert((n, visit, field), word.split_inclusive('.').next().unwrap_or_default().to_owned());
        Ok(())
    }

    fn split(&mut self, n: u8, visit: u8) -> Result<(), LedgerError> {
        let (till, Some(visit)) = (self.till(n), self.visit(visit)) else { return Ok(()) };
        let new = VisitId::make(till.clock.wall_ms(), till.rng());
        till.book().split(&clerk(0), visit, new, 1)?;
        till.syncer().written();
        self.visits.push((till.n, new));
        Ok(())
    }

    fn merge(&self, n: u8, gone: u8, kept: u8) -> Result<(), LedgerError> {
        let (Some(gone), Some(kept)) = (self.visit(gone), self.visit(kept)) else { return Ok(()) };
        if gone != kept {
            self.till(n).book().merge(&clerk(0), gone, kept)?;
            self.till(n).syncer().written();
        }
        Ok(())
    }

    /// What another device took only that one changes; here it is another contact then.
    fn give(&mut self, n: u8, visit: u8) -> Result<(), LedgerError> {
        let (till, Some(visit)) = (self.till(n), self.visit(visit)) else { return Ok(()) };
        let (n, now_ms) = (till.n, till.clock.wall_ms());
        let mut left = till.book().visit(visit)?.contacts();
        left.retain(|(id, _)| till.book().took_contact(*id, visit).unwrap_or(false));
        let (id, revision) = match left.first() {
            Some((id, revision)) => (*id, revision + 1),
            None => (ContactId::make(now_ms, till.rng()), 1),
        };
        till.book().give_contact(
            &clerk(0),
            &stored_contact(id, visit, revision),
            &sealed_contact(till, id, visit, revision),
        )?;
        till.syncer().written();
        self.contacts.insert(id, (n, Some(revision)));
        Ok(())
    }

    fn erase(&mut self, n: u8, visit: u8) -> Result<(), LedgerError> {
        let (till, Some(visit)) = (self.till(n), self.visit(visit)) else { return Ok(()) };
        let left = till.book().visit(visit)?.contacts();
        let contact = left.first().map(|(id, _)| till.book().contact(*id)).transpose()?.flatten();
        let Some(contact) = contact else { return Ok(()) };
        till.book().erase_contact(&clerk(0), contact.id, visit)?;
        till.syncer().written();
        let n = till.n;
        self.contacts.insert(contact.id, (n, None));
        Ok(())
    }

    fn on(&self, n: u8, visit: u8, act: Act) -> Result<(), LedgerError> {
        let Some(visit) = self.visit(visit) else { return Ok(()) };
        self.till(n).book().act(&clerk(0), visit, act)?;
        self.till(n).syncer().written();
        Ok(())
    }

    fn closing(&self, n: u8) -> Closing {
        let outcome = Outcome { amount_minor: Some(100), ..Outcome::of("buy") };
        Closing { left_ms: self.now_ms(n), dwell_source: DwellSource::Observed, outcome }
    }

    fn correction(&self, n: u8) -> Correction {
        let reason = Some(CorrectionReason::LateNews);
        Correction { patch: Patch::new(), entered_ms: None, closing: Some(self.closing(n)), reason }
    }

    /// The network is well, disks have room, and everybody asks.
    async fn end(&mut self) -> Result<(), Broken> {
        self.still(|scene| {
            scene.tills.iter().for_each(|till| till.line.heal());
            (0..=DEVICES).try_for_each(|n| scene.fill(n, false))
        })?;
        if self.tills.iter().any(|till| till.line.was_slow()) {
            sleep(SLOWEST).await;
            self.still(Self::check)?;
        }
        self.tills.iter().for_each(|till| till.syncer().ask());
        self.until(SOON, "what was asked for is not sent", |scene| {
            scene.welcome().iter().try_fold(true, |all, till| Ok(all && audit::is_sent(till)?))
        })
        .await?;
        self.until(FOLLOWED, "devices do not agree", |scene| audit::is_agreed(&scene.house, &scene.welcome())).await?;
        self.prompt().await?;
        self.quiet().await?;
        self.still(Self::check)?;
        self.still(|scene| scene.finish())
    }

    /// Devices that were not shut out.
    fn welcome(&self) -> Vec<&Till> {
        self.tills.iter().filter(|till| !self.shut_out.contains(&till.n)).collect()
    }

    /// Nobody has to ask: a write wakes the sender, and that wakes whoever follows.
    async fn prompt(&mut self) -> Result<(), Broken> {
        for n in (0..).take(self.tills.len()) {
            self.still(|scene| scene.clerk_does(Op::Arrive(n)))?;
            let what = format!("what device {n} logs is not everywhere at once");
            self.until(AT_ONCE, &what, |scene| {
                let is_out = scene.shut_out.contains(&n);
                Ok(is_out || audit::is_agreed(&scene.house, &scene.welcome())?)
            })
            .await?;
        }
        Ok(())
    }

    /// Whoever has nothing to do does not ask all the time.
    async fn quiet(&mut self) -> Result<(), Broken> {
        let before: Vec<u64> = self.tills.iter().map(|till| till.line.calls()).collect();
        sleep(QUIET).await;
        for (till, before) in self.tills.iter().zip(before) {
            if self.shut_out.contains(&till.n) {
                continue; // it looks now and then whether it may come back
            }
            let calls = till.line.calls() - before;
            if calls > CALLS_MAX {
                return Err(anyhow!("device {} calls {calls} times while nobody does anything", till.n).into());
            }
        }
        Ok(())
    }

    async fn until(
        &mut self,
        patience: Duration,
        what: &str,
        mut is_so: impl FnMut(&mut Self) -> Result<bool, Broken>,
    ) -> Result<(), Broken> {
        let start = Instant::now();
        loop {
            sleep(GLANCE).await;
            if self.still(&mut is_so)? {
                return Ok(());
            }
            if start.elapsed() > patience {
                return Err(anyhow!("{what} after {} s", patience.as_secs()).into());
            }
        }
    }

    fn finish(&mut self) -> Result<(), Broken> {
        let (shut_out, welcome) = (&self.shut_out, self.welcome());
        let (others, own): (Vec<_>, Vec<_>) = self.visits.iter().partition(|(n, _)| shut_out.contains(n));
        let names = |visits: Vec<&(u8, VisitId)>| visits.into_iter().map(|(_, visit)| *visit).collect::<Vec<_>>();
        audit::check_exported(&self.house, &names(own), &names(others))?;
        // What headquarters lost of a device that it shut out since is only where it was taken in before.
        if shut_out.is_empty() || self.memory.put_back.is_empty() {
            audit::check_folds(&self.house, &welcome)?;
        }
        for till in welcome {
            audit::check_order(till)?;
        }
        // A contact travels once: what was signed for since the copy is only on its device.
        let sent = self.contacts.iter().filter(|(_, (n, _))| !self.was_put_back && !shut_out.contains(n));
        for (contact, (_, revision)) in sent {
            audit::check_contact(&self.house, *contact, *revision)?;
        }
        for ((n, visit, field), word) in self.words.iter().filter(|((n, ..), _)| !shut_out.contains(n)) {
            let till = self.till(*n);
            if !audit::says(&till.peek, till.grant().device.as_bytes(), *visit, word)? {
                return Err(Broken::Lost(anyhow!("what device {n} said on {field}: {word}")));
            }
        }
        Ok(())
    }

    fn tally(&self, acts: usize) -> Tally {
        let mut tally = Tally::default();
        tally.add("acts", acts as u64);
        tally.add("visits", self.visits.len() as u64);
        for till in &self.tills {
            tally.add("calls", till.line.calls());
            till.line.troubles().into_iter().for_each(|(trouble, n)| tally.add(trouble, n));
        }
        tally
    }
}

/// As it is kept on the device; nothing here reads what was typed.
fn stored_contact(id: ContactId, visit: VisitId, revision: u32) -> StoredContact {
    let consent = Consent {
        notice: NoticeRef { version: 1, hash: String::new() },
        locale: "en".to_owned(),
        purposes: vec!["notify".to_owned()],
        given_ms: 0,
    };
    let (salt, card) = ([0; 32], vec![0; 64]);
    StoredContact { id, visit, code: receipt_code(id), phone_tag: None, revision, consent, salt, card }
}

/// The same as it travels.
fn sealed_contact(till: &Till, contact: ContactId, visit: VisitId, revision: u32) -> String {
    let (store, device) = (till.grant().store.id.clone(), till.grant().device);
    let name = ContactName { contact, visit, store, device, revision };
    let key = OpeningKey::make(till.rng()).sealing_key();
    let record = ContactRecord::seal(name, b"{}", &key, till.rng()).expect("the key is a key");
    serde_json::to_string(&record).expect("a record has a form")
}

fn clerk(n: u8) -> ClerkId {
    format!("m{n:02}").parse().expect("a code")
}
