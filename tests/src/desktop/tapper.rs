//! A clerk who taps at random in the real window, quicker than anything can be written, while somebody locks the
//! screen, sets the clock on the wall and ends the program; and a notebook that says what must come of it.
//!
//! What is done in a burst is chosen in the page, from its seed and from what stands there; the same seed plays the
//! same acts as far as the order of answers lets it. Nothing that is checked depends on that order.

mod compare;
mod dice;
mod log;
mod replay;
mod sheet;
mod story;
mod wall;

use super::{App, Clerk, Desktop, LI, MANAGER, PATIENCE, Staff, Window, eventually};
use crate::hq::{HqProcess, Row};
use crate::programs;
use anyhow::{Context, Result, anyhow, bail, ensure};
use dice::Dice;
use log::{Burst, Floor};
use replay::Replay;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sheet::{Kinds, Standing};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use story::Story;
use wall::Wall;

/// What is to be played.
#[derive(Clone, Debug)]
pub struct Plan<'a> {
    /// Where HQ answers, and a code to pair with it.
    pub hq: (&'a HqProcess, &'a str, &'a str),
    /// An empty folder for the device and its clock.
    pub folder: &'a Path,
    /// What everything is chosen from.
    pub seed: u64,
    /// How many acts at least.
    pub acts: usize,
    /// How many bursts go by between two ends of the program, on average.
    pub bursts_a_life: u64,
}

/// What was played.
#[derive(Clone, Copy, Debug, Default)]
pub struct Played {
    /// Clicks, keys and typed words.
    pub acts: usize,
    /// Cards that were opened.
    pub visits: usize,
    /// Steps asked back.
    pub undos: usize,
    /// Acts that were refused and had to be.
    pub refused: usize,
    /// Ends of the program in the middle of its work.
    pub kills: usize,
    /// Acts that such an end took along, none of which had been shown as written.
    pub gone: usize,
    /// Times the screen was locked.
    pub locks: usize,
    /// Times the clock on the wall was set.
    pub jumps: usize,
    /// Switches of the language.
    pub languages: usize,
    /// How long it took.
    pub seconds: u64,
}

/// The fewest and the most acts of one burst.
const BURST: (u64, u64) = (20, 160);
/// The most cards on the floor, chosen anew for each burst.
const CROWD: (u64, u64) = (2, 9);
/// The clock on the wall is set within so many seconds of the right time.
const JUMP_S: u64 = 3 * 3_600;

/// Plays `plan` to its end; `progress` hears of it after each burst.
///
/// # Errors
/// At the first tap that was lost or doubled, the first wrong minute, the first error that has no reason; the seed
/// and the number of the act are in the message.
pub async fn tap(desktop: &Desktop, plan: &Plan<'_>, mut progress: impl FnMut(&Played)) -> Result<Played> {
    let start = Instant::now();
    let mut tapper = Tapper::begin(desktop, plan).await.context("before the first act")?;
    let mut app = Some(tapper.opens().await?);
    let done = tapper.plays(&mut app, start, &mut progress).await.with_context(|| tapper.at());
    if let (Err(_), Some(app)) = (&done, app) {
        app.kill().await.ok(); // a window in use would keep whoever reads the failure waiting
    }
    done.map(|()| tapper.played).map_err(|error| {
        let story = tapper.story.tell(&format!("{error:?}"));
        error.context(format!("the last acts that say something of it:\n{story}"))
    })
}

struct Tapper<'a> {
    desktop: &'a Desktop,
    plan: &'a Plan<'a>,
    wall: Wall,
    ahead_s: i64,
    dice: Dice,
    replay: Replay,
    me: Staff,
    strip: Option<String>,
    born: Instant,
    jobs: usize,
    played: Played,
    story: Story,
}

impl<'a> Tapper<'a> {
    /// Pairs the device and gives the two clerks their PINs.
    async fn begin(desktop: &'a Desktop, plan: &'a Plan<'a>) -> Result<Self> {
        let wall = Wall::in_folder(&plan.folder.join("wall"), &programs::floorbook()?)?;
        let tapper = Self {
            desktop,
            plan,
            wall,
            ahead_s: 0,
            dice: Dice::of(plan.seed),
            replay: Replay::new(Kinds::of_apparel()?, LI.id),
            me: LI,
            strip: None,
            born: Instant::now(),
            jobs: 0,
            played: Played::default(),
            story: Story::default(),
        };
        let app = tapper.window().await?;
        let (_, url, code) = plan.hq;
        app.pair(url, code, "收银台 1").await?;
        Clerk::at(&app).signs_in(MANAGER, None).await?;
        Clerk::at(&app).locks().await?;
        Clerk::at(&app).signs_in(LI, Some(MANAGER)).await?;
        app.quit().await?;
        Ok(tapper)
    }

    async fn window(&self) -> Result<App> {
        let data = self.device();
        let arguments = ["--data".into(), data.clone().into(), "--size".into(), "1024x768".into()];
        Ok(App::from((Window::open(self.desktop, self.wall.program(), &arguments).await?, data)))
    }

    fn device(&self) -> PathBuf {
        self.plan.folder.join("device")
    }

    fn at(&self) -> String {
        format!("seed {}, about act {} of {}", self.plan.seed, self.played.acts, self.plan.acts)
    }

    async fn opens(&mut self) -> Result<App> {
        let app = self.window().await?;
        self.signs_in(&app).await?;
        Ok(app)
    }

    /// One of the two; in half of the cases it is the same one as before.
    async fn signs_in(&mut self, app: &App) -> Result<()> {
        self.me = if self.dice.below(2) == 0 { MANAGER } else { LI };
        Clerk::at(app).signs_in(self.me, None).await?;
        self.story.mark(self.played.acts, format!("{} signs in", self.me.id));
        app.ask(concat!(
            include_str!("../../assets/tapper.js"),
            include_str!("../../assets/tapper-hand.js"),
            include_str!("../../assets/tapper-read.js")
        ))
        .await?;
        self.replay.signs_in(self.me.id);
        self.strip = None;
        Ok(())
    }

    /// Until there are acts enough; `app` is the window that is open.
    async fn plays(&mut self, app: &mut Option<App>, start: Instant, progress: &mut impl FnMut(&Played)) -> Result<()> {
        while self.played.acts < self.plan.acts {
            let before = self.replay.clone();
            let open = app.as_ref().context("a window is open")?;
            let (burst, ahead_ms) = self.bursts(open).await?;
            if self.dice.one_in(self.plan.bursts_a_life) {
                self.is_killed(app, &before, &burst, ahead_ms).await?;
            } else {
                self.goes_on(open, &burst, ahead_ms).await?;
            }
            self.played.seconds = start.elapsed().as_secs();
            progress(&self.played);
        }
        self.ends(app).await?;
        self.played.seconds = start.elapsed().as_secs();
        Ok(())
    }

    /// What comes between a burst and the next one.
    async fn goes_on(&mut self, app: &App, burst: &Burst, ahead_ms: i64) -> Result<()> {
        self.writes(burst, ahead_ms)?;
        if self.dice.one_in(6) {
            self.jumps()?;
        }
        // Whoever locks does not wait either.
        if self.dice.one_in(5) {
            Clerk::at(app).locks().await?;
            self.played.locks += 1;
            self.signs_in(app).await?;
        }
        self.looks(app).await
    }

    async fn bursts(&mut self, app: &App) -> Result<(Burst, i64)> {
        let known: Vec<&String> = self.replay.standing(Standing::Open);
        let order = json!({
            "seed": self.dice.below(1 << 31),
            "acts": self.dice.between(BURST),
            "crowd": self.dice.between(CROWD),
            "kinds": self.replay.kinds.by_group(),
            "me": self.me.id,
            "known": known,
            "strip": self.strip,
        });
        let burst: Burst = self.ask(app, "burst", order).await?;
        let ahead_ms = self.ahead_ms(burst.now);
        self.strip.clone_from(&burst.strip);
        Ok((burst, ahead_ms))
    }

    /// What the page's clock, which has just said `now`, lacks to ours.
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of a page's life")]
    fn ahead_ms(&self, now: f64) -> i64 {
        i64::try_from(self.born.elapsed().as_millis()).unwrap_or(i64::MAX) - now as i64
    }

    /// Writes a burst into the notebook, and checks that every error in sight had a reason.
    fn writes(&mut self, burst: &Burst, ahead_ms: i64) -> Result<()> {
        self.counts(burst);
        let first = self.played.acts - burst.log.len();
        for (place, entry) in burst.log.iter().enumerate() {
            self.replay.write(entry, ahead_ms).with_context(|| format!("act {}: {entry:?}", first + place))?;
        }
        for code in &burst.codes {
            self.has_reason(code)?;
        }
        Ok(())
    }

    fn has_reason(&self, code: &str) -> Result<()> {
        let reasons = &self.replay.refused;
        ensure!(reasons.contains(code), "the error {code} shows; rightly refused was {reasons:?}");
        Ok(())
    }

    fn counts(&mut self, burst: &Burst) {
        let count = |wanted: fn(&log::Act) -> bool| burst.log.iter().filter(|entry| wanted(&entry.act)).count();
        for (place, entry) in burst.log.iter().enumerate() {
            self.story.remember(self.played.acts + place, entry);
        }
        self.played.acts += burst.log.len();
        self.played.visits += count(|act| matches!(act, log::Act::Arrive { .. } | log::Act::Split { .. }));
        self.played.undos += count(|act| matches!(act, log::Act::Undo));
        self.played.languages += count(|act| matches!(act, log::Act::Look { what } if what == "lang"));
    }

    fn jumps(&mut self) -> Result<()> {
        let ahead_s = i64::try_from(self.dice.below(2 * JUMP_S))? - i64::try_from(JUMP_S)?;
        self.played.jumps += 1;
        self.ahead_s = ahead_s;
        self.story.mark(self.played.acts, format!("the clock is set {ahead_s} s ahead"));
        self.wall.set(ahead_s)
    }

    /// The clock on the wall was really set, or all of this says nothing of it.
    async fn sees_the_clock(&self, app: &App) -> Result<()> {
        eventually("the page's clock is as it was set", PATIENCE, async || {
            let said = app.ask("return Date.now()").await?.as_i64().context("no time")?;
            let real = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?;
            let ahead_s = (said - real) / 1_000;
            ensure!((ahead_s - self.ahead_s).abs() <= 2, "it is {ahead_s} s ahead, not {}", self.ahead_s);
            Ok(Some(()))
        })
        .await
    }

    /// The page at rest shows what the notebook says.
    async fn looks(&mut self, app: &App) -> Result<()> {
        let floor = self.reads(app).await?;
        if let Some(code) = &floor.error {
            self.has_reason(code)?;
        }
        compare::floor(&floor, &self.replay, self.ahead_ms(floor.now))?;
        self.played.refused += std::mem::take(&mut self.replay.refusals);
        self.replay.refused.clear();
        Ok(())
    }

    /// The program ends in the middle of its work. Nothing that was shown as written may be gone, and of the rest
    /// only the end.
    async fn is_killed(&mut self, app: &mut Option<App>, before: &Replay, burst: &Burst, ahead_ms: i64) -> Result<()> {
        app.take().context("a window is open")?.kill().await?;
        self.counts(burst);
        self.played.kills += 1;
        let app = app.insert(self.opens().await?);
        let floor = self.reads(app).await?;
        let now_ahead_ms = self.ahead_ms(floor.now);
        let rows = self.at_headquarters(app).await?;
        let (kept, gone) = survived(before, burst, ahead_ms, |replay| {
            compare::rows(&rows, replay)?;
            compare::floor(&floor, replay, now_ahead_ms)
        })?;
        self.replay = kept;
        self.replay.signs_in(self.me.id);
        self.played.gone += gone;
        self.story.mark(self.played.acts, format!("killed, {gone} writes gone"));
        Clerk::at(app).opens_floor().await?;
        self.looks(app).await
    }

    async fn reads(&mut self, app: &App) -> Result<Floor> {
        let closely = json!(self.dice.below(12));
        self.ask(app, "read", closely).await
    }

    async fn at_headquarters(&self, app: &App) -> Result<BTreeMap<String, Row>> {
        app.wait_until_sent().await?;
        compare::by_visit(self.plan.hq.0.export_with_voided()?)
    }

    async fn ends(&mut self, app: &mut Option<App>) -> Result<()> {
        let open = app.as_ref().context("a window is open")?;
        self.looks(open).await?;
        self.sees_the_clock(open).await?;
        let rows = self.at_headquarters(open).await?;
        compare::rows(&rows, &self.replay)?;
        app.take().context("a window is open")?.quit().await?;
        let logs = self.desktop.logs();
        let bad = logs.lines().find(|line| line.contains(" ERROR ") || line.contains("panicked at"));
        bad.map_or(Ok(()), |line| Err(anyhow!("the program logged: {line}")))
    }
}

/// The notebook after as many acts of a burst as are found to be kept, and how many are gone.
fn survived(
    before: &Replay,
    burst: &Burst,
    ahead_ms: i64,
    fits: impl Fn(&Replay) -> Result<()>,
) -> Result<(Replay, usize)> {
    let mut replay = before.clone();
    let mut states = vec![replay.clone()];
    for entry in &burst.log {
        if replay.write(entry, ahead_ms)? {
            states.push(replay.clone());
        }
    }
    // Whatever it is, none of it can be taken back.
    states.iter_mut().for_each(|state| state.notebook.restarts());
    let most = states.len() - 1;
    let least = most.saturating_sub(burst.unsaved);
    let mut whys = String::new();
    for (count, state) in states.into_iter().enumerate().rev() {
        match fits(&state) {
            Ok(()) if count >= least => return Ok((state, most - count)),
            Ok(()) => bail!("{count} writes are left, of {most}, of which {least} were shown as written"),
            Err(why) => whys.push_str(&format!("\nnot {count}: {}", in_brief(&why))),
        }
    }
    bail!(
        "no beginning of the {most} writes of the burst, {least} of which were shown as written, is what is left:{whys}"
    )
}

fn in_brief(why: &anyhow::Error) -> String {
    let said = format!("{why:#}");
    let (start, end) = (said.chars().take(50), said.chars().rev().take(150).collect::<Vec<_>>());
    start.chain(" … ".chars()).chain(end.into_iter().rev()).collect()
}

/// How long a burst may take on a slow machine.
const BURST_PATIENCE: Duration = Duration::from_secs(90);

impl Tapper<'_> {
    /// Gives the page's clerk something to do and waits for what comes of it.
    async fn ask<T: DeserializeOwned>(&mut self, app: &App, job: &str, order: Value) -> Result<T> {
        self.jobs += 1;
        let script = format!("return tapper.ask({}, '{job}', {order})", self.jobs);
        let mut said = eventually(&format!("an answer to {job}"), BURST_PATIENCE, async || {
            let said = app.ask(&script).await?;
            Ok((!said.is_null()).then_some(said))
        })
        .await?;
        if let Some(thrown) = said.get("thrown") {
            bail!("the page's clerk stumbled: {thrown}");
        }
        let answer = said.get_mut("answer").map(Value::take).context("no answer")?;
        serde_json::from_value(answer).context("an answer of another form")
    }
}
