//! What a restless clerk does.

use super::notebook::{Notebook, Page, Standing, restarts, standing};
use crate::support::{MANAGER_PIN, Till, clerk, manager};
use floorbook_core::{Arrival, Card, Change, CoreError, Correcting, Locale, Prefs};
use floorbook_load::SeededRng;
use floorbook_model::{
    ClerkId, Clock, CorrectionReason, FieldValue, Group, GroupKind, Outcome, Pack, Patch, Rng, Status, Step, VisitId,
};

pub(crate) const CLERK_PIN: &str = "739105";
/// So many cards run at once at the most.
const RUNNING_MAX: usize = 12;
/// The whole board is compared once in so many acts; what an act touched always is.
const LOOK_EVERY: usize = 50;

pub(crate) struct Restless {
    till: Option<Till>,
    notebook: Notebook,
    rng: SeededRng,
    pack: Pack,
    at: String,
    seed: u64,
    who: ClerkId,
}

impl Restless {
    pub(crate) fn new(till: Till, seed: u64) -> Self {
        let pack = till.device.profile().unwrap().pack;
        let mut notebook = Notebook::default();
        notebook.signs_in(manager().as_str());
        let rng = SeededRng::new(seed);
        Self { till: Some(till), notebook, rng, pack, at: String::new(), seed, who: manager() }
    }

    pub(crate) fn stops(self) -> (Till, Notebook) {
        (self.till.unwrap(), self.notebook)
    }

    pub(crate) fn acts_once(&mut self, n: usize) {
        self.at = format!("seed {}, act {n}", self.seed);
        self.till().clock.pass(self.below(9_000));
        match self.below(1_000) {
            0..150 => self.arrives(),
            150..550 => self.notes(),
            550..680 => self.closes(),
            680..720 => self.amends(),
            720..860 => self.undoes(),
            860..885 => self.hands_over(),
            885..905 => self.splits(),
            905..925 => self.merges(),
            925..945 => self.retimes(),
            945..955 => self.links(),
            955..970 => self.corrects(),
            970..980 => self.says_nonsense(),
            980..990 => self.till().clock.jump(self.below(6 * 3_600_000) - 3 * 3_600_000),
            990..994 => self.speaks(),
            994..997 => self.locks(),
            997..998 => self.is_killed(false),
            998..999 => self.is_killed(true),
            _ => {}
        }
        if n.is_multiple_of(LOOK_EVERY) {
            self.looks_at_the_board();
        }
    }

    fn till(&self) -> &Till {
        self.till.as_ref().expect("always there between two acts")
    }

    fn below(&self, bound: i64) -> i64 {
        let mut bytes = [0; 8];
        self.rng.fill(&mut bytes);
        i64::try_from(u64::from_le_bytes(bytes) % u64::try_from(bound).unwrap()).unwrap()
    }

    fn one<T: Clone>(&self, of: &[T]) -> Option<T> {
        if of.is_empty() { None } else { of.get(usize::try_from(self.below(of.len() as i64)).unwrap()).cloned() }
    }

    fn one_open(&self) -> Option<VisitId> {
        self.one(&standing(&self.notebook, Standing::Open))
    }

    /// The latest few: nobody amends what left days ago.
    fn one_closed(&self) -> Option<VisitId> {
        let closed = standing(&self.notebook, Standing::Closed);
        self.one(&closed[closed.len().saturating_sub(8)..])
    }

    fn now(&self) -> (i64, i64) {
        let now = self.till().clock.now();
        (now.wall_ms, i64::try_from(now.steady_ms).unwrap())
    }

    fn arrives(&mut self) {
        if standing(&self.notebook, Standing::Open).len() >= RUNNING_MAX {
            return;
        }
        let (size, (wall_ms, steady_ms)) = (u8::try_from(self.below(5) + 1).unwrap(), self.now());
        let arrival = Arrival { id: self.till().device.name_visit(), size, later: self.below(4) == 0 };
        let page = Page::opened(size, self.who.clone(), wall_ms, steady_ms);
        let mut done = self.till().device.arrive_as(arrival);
        if self.below(5) == 0 {
            done = self.till().device.arrive_as(arrival); // a window that heard no answer says it again
        }
        self.notebook.step(&[arrival.id], |pages| drop(pages.insert(arrival.id, page)));
        self.fits(done);
    }

    fn notes(&mut self) {
        let Some(id) = self.one_open() else { return };
        let patch = self.patch();
        let done = self.till().device.note(id, &patch);
        self.notebook.step(&[id], |pages| pages.get_mut(&id).unwrap().write(&patch));
        self.fits(done);
    }

    fn patch(&self) -> Patch {
        match self.below(12) {
            0 => Patch::from([("size".to_owned(), FieldValue::Text((self.below(5) + 1).to_string()))]),
            1 => Patch::from([("note".to_owned(), FieldValue::Text(format!("第 {} 句", self.below(1_000))))]),
            2 => Patch::from([("items".to_owned(), FieldValue::List(vec![format!("690{}", self.below(10_000))]))]),
            _ => {
                let group = self.one(&self.pack.groups).unwrap();
                Patch::from([(group.key.clone(), self.value(&group))])
            }
        }
    }

    fn value(&self, group: &Group) -> FieldValue {
        let codes: Vec<String> = group.choices.iter().map(|choice| choice.code.clone()).collect();
        if self.below(6) == 0 {
            return FieldValue::Nothing;
        }
        match group.kind {
            GroupKind::Single | GroupKind::Scale => FieldValue::Text(self.one(&codes).unwrap()),
            GroupKind::Many => {
                let from = usize::try_from(self.below(codes.len() as i64)).unwrap();
                FieldValue::List(codes.into_iter().skip(from).take(3).collect())
            }
            GroupKind::Path => {
                let step = |n| Step { zone: self.one(&codes).unwrap(), at_ms: n };
                FieldValue::Path((0..=self.below(3)).map(step).collect())
            }
        }
    }

    fn outcome(&self) -> Outcome {
        let code = self.one(&self.pack.outcomes).unwrap().code;
        let reasons = if code == "none" { self.one(&self.pack.reasons).map(|reason| reason.code) } else { None };
        let amount_minor = (code == "buy").then(|| u32::try_from(self.below(500_000)).unwrap());
        Outcome { reasons: reasons.into_iter().collect(), amount_minor, ..Outcome::of(code) }
    }

    fn closes(&mut self) {
        let Some(id) = self.one_open() else { return };
        let (outcome, (_, steady_ms)) = (self.outcome(), self.now());
        let done = self.till().device.close_visit(id, outcome.clone());
        self.notebook.step(&[id], |pages| {
            let page = pages.get_mut(&id).unwrap();
            page.standing = Standing::Closed;
            page.left_ms = Some(page.entered_ms + (steady_ms - page.since_ms).max(0));
            page.outcome = Some(outcome);
        });
        self.fits(done);
    }

    fn amends(&mut self) {
        let Some(id) = self.one_closed() else { return };
        let outcome = self.outcome();
        let done = self.till().device.close_visit(id, outcome.clone());
        self.notebook.step(&[id], |pages| pages.get_mut(&id).unwrap().outcome = Some(outcome));
        self.fits(done);
    }

    fn undoes(&mut self) {
        let done = self.till().device.undo();
        match self.notebook.undo() {
            Some(_) => self.fits(done),
            None => assert!(matches!(done, Err(CoreError::NothingToUndo)), "{}: {done:?}", self.at),
        }
    }

    fn hands_over(&mut self) {
        let Some(id) = self.one_open() else { return };
        let from = self.notebook.pages[&id].serving.clone();
        let to = if from == manager() { clerk() } else { manager() };
        let note = (self.below(2) == 0).then(|| "要看 M 码".to_owned());
        let done = self.till().device.hand_over(id, &to, note.as_deref());
        self.notebook.step(&[id], |pages| {
            let page = pages.get_mut(&id).unwrap();
            page.serving = to;
            page.handed = Some((from, note));
        });
        self.fits(done);
    }

    fn splits(&mut self) {
        let Some(id) = self.one_open() else { return };
        let size = self.notebook.pages[&id].size;
        let part = u8::try_from(self.below(4) + 1).unwrap();
        let new = self.till().device.name_visit();
        let done = self.till().device.split_visit(id, new, part);
        if size < 5 && part >= size {
            return assert!(matches!(done, Err(CoreError::BadInput)), "{}: nobody would be left", self.at);
        }
        self.notebook.step(&[id, new], |pages| {
            let page = pages.get_mut(&id).unwrap();
            page.size = if size == 5 { 5 } else { size - part };
            let other = Page::opened(part, page.serving.clone(), page.entered_ms, page.since_ms);
            pages.insert(new, other);
        });
        self.fits(done);
    }

    fn merges(&mut self) {
        let (Some(gone), Some(kept)) = (self.one_open(), self.one_open()) else { return };
        let done = self.till().device.merge_visits(gone, kept);
        if gone == kept {
            return assert!(matches!(done, Err(CoreError::BadInput)), "{}: with itself", self.at);
        }
        let change = done.unwrap_or_else(|error| panic!("{}: {error:?}", self.at));
        // What a merge takes over has a story of its own; here it must stay and be taken back whole.
        let fields = change.visit.fields().map(|(field, value)| (field.to_owned(), value.clone())).collect();
        self.notebook.step(&[kept, gone], |pages| {
            let added = pages[&gone].size;
            pages.get_mut(&gone).unwrap().standing = Standing::Merged;
            let page = pages.get_mut(&kept).unwrap();
            page.size = (page.size + added).min(5);
            page.fields = fields;
            page.fields.remove("size");
        });
        self.fits(Ok(change));
    }

    fn retimes(&mut self) {
        let by_ms = (self.below(11) - 5) * 60_000;
        if self.below(2) == 0 {
            let (Some(id), (_, steady_ms)) = (self.one_open(), self.now()) else { return };
            let page = self.notebook.pages[&id].clone();
            let done = self.till().device.set_entered(id, page.entered_ms + by_ms);
            if page.since_ms + by_ms > steady_ms.max(page.since_ms) {
                return assert!(matches!(done, Err(CoreError::BadInput)), "{}: a time to come", self.at);
            }
            self.notebook.step(&[id], |pages| pages.get_mut(&id).unwrap().shift(by_ms));
            return self.fits(done);
        }
        let Some(id) = self.one_closed() else { return };
        let page = self.notebook.pages[&id].clone();
        let left_ms = page.left_ms.unwrap() + by_ms;
        let done = self.till().device.set_left(id, left_ms);
        if left_ms < page.entered_ms {
            return assert!(matches!(done, Err(CoreError::BadInput)), "{}: left before it came", self.at);
        }
        self.notebook.step(&[id], |pages| {
            let page = pages.get_mut(&id).unwrap();
            page.left_ms = Some(left_ms);
            page.left_by_hand = true;
        });
        self.fits(done);
    }

    fn links(&mut self) {
        let (Some(id), earlier) = (self.one_open(), self.one_closed()) else { return };
        let done = self.till().device.link_earlier(id, earlier);
        self.notebook.step(&[id], |pages| pages.get_mut(&id).unwrap().earlier = earlier);
        self.fits(done);
    }

    fn corrects(&mut self) {
        let Some(id) = self.one_closed() else { return };
        let (patch, outcome) = (self.patch(), self.outcome());
        let left_ms = self.notebook.pages[&id].left_ms.unwrap() + self.below(600_000);
        let correcting = Correcting {
            patch: patch.clone(),
            outcome: Some(outcome.clone()),
            entered_ms: None,
            left_ms: Some(left_ms),
            reason: CorrectionReason::Mistap,
        };
        let done = self.till().device.correct_visit(id, correcting);
        self.notebook.step(&[id], |pages| {
            let page = pages.get_mut(&id).unwrap();
            page.write(&patch);
            (page.outcome, page.left_ms) = (Some(outcome), Some(left_ms));
            (page.left_by_hand, page.corrected) = (true, true);
        });
        self.fits(done);
    }

    /// What is not of the form is refused and changes nothing.
    fn says_nonsense(&self) {
        let Some(id) = self.one_open() else { return };
        let device = &self.till().device;
        let nonsense = Patch::from([("age".to_owned(), FieldValue::Text("13800000000 Li".to_owned()))]);
        assert!(matches!(device.note(id, &nonsense), Err(CoreError::BadInput)), "{}", self.at);
        assert!(matches!(device.close_visit(id, Outcome::of("rich")), Err(CoreError::BadInput)), "{}", self.at);
        assert!(matches!(device.arrive(9), Err(CoreError::BadInput)), "{}", self.at);
    }

    fn speaks(&self) {
        let locale = Some(if self.below(2) == 0 { Locale::ZhCn } else { Locale::En });
        let prefs = Prefs { locale, ..self.till().device.prefs() };
        self.till().device.set_prefs(prefs).unwrap();
    }

    fn locks(&mut self) {
        self.till().device.lock().unwrap();
        assert!(matches!(self.till().device.arrive(1), Err(CoreError::Locked)), "{}: locked is locked", self.at);
        self.signs_in();
    }

    fn signs_in(&mut self) {
        let (who, pin) = if self.below(2) == 0 { (manager(), MANAGER_PIN) } else { (clerk(), CLERK_PIN) };
        self.till().device.unlock(&who, pin).unwrap();
        self.notebook.signs_in(who.as_str());
        self.who = who;
    }

    fn is_killed(&mut self, with_the_machine: bool) {
        if with_the_machine {
            standing(&self.notebook, Standing::Open).into_iter().for_each(|id| self.touches(id));
        }
        let till = self.till.take().unwrap();
        let before_ms = i64::try_from(till.clock.now().steady_ms).unwrap();
        if with_the_machine {
            till.clock.reboot();
        }
        self.till = Some(till.restarted());
        let less_ms = before_ms - self.now().1;
        restarts(&mut self.notebook, less_ms);
        self.signs_in();
        self.looks_at_the_board();
    }

    /// The clock may have been set since the last sign of life; from this one on it is not.
    fn touches(&mut self, id: VisitId) {
        let done = self.till().device.set_entered(id, self.notebook.pages[&id].entered_ms);
        self.notebook.step(&[id], |_| {});
        self.fits(done);
    }

    fn looks_at_the_board(&self) {
        let board = self.till().device.board().unwrap();
        let mut shown: Vec<VisitId> = board.running.iter().map(|card| card.id()).collect();
        shown.sort_unstable();
        assert_eq!(shown, standing(&self.notebook, Standing::Open), "{}: the cards on the board", self.at);
        board.running.iter().for_each(|card| self.is_as_written(card));
    }

    fn fits(&self, done: Result<Change, CoreError>) {
        let change = done.unwrap_or_else(|error| panic!("{}: refused: {error:?}", self.at));
        self.is_as_written(&change.visit);
        change.also.iter().for_each(|card| self.is_as_written(card));
    }

    fn is_as_written(&self, card: &Card) {
        let (page, at) = (&self.notebook.pages[&card.id()], &self.at);
        let stands = match card.status() {
            Status::Open => Standing::Open,
            Status::Closed(_) => Standing::Closed,
            Status::Merged(_) => Standing::Merged,
            Status::Voided => Standing::Voided,
        };
        assert_eq!(stands, page.standing, "{at}");
        if stands == Standing::Voided {
            return;
        }
        let fields = card.fields().filter(|(field, _)| *field != "size");
        let fields: Vec<_> = fields.map(|(field, value)| (field.to_owned(), value.clone())).collect();
        assert_eq!(fields, page.fields.clone().into_iter().collect::<Vec<_>>(), "{at}: a tap was lost or doubled");
        assert_eq!((card.size(), card.serving()), (page.size, Some(&page.serving)), "{at}");
        let handed = card.handed().map(|handed| (handed.over.from.clone(), handed.over.note.clone()));
        assert_eq!(handed, page.handed, "{at}");
        assert_eq!((card.earlier(), card.corrected().is_some()), (page.earlier, page.corrected), "{at}");
        assert_eq!(card.entered_ms(), Some(page.entered_ms), "{at}: a wrong minute");
        match stands {
            Standing::Open => assert_eq!(card.since_steady_ms, page.since_ms, "{at}: a wrong minute"),
            _ => assert_eq!(card.closing().map(|closing| closing.left_ms), page.left_ms, "{at}: a wrong minute"),
        }
        let closing = card.closing();
        assert_eq!(closing.map(|closing| &closing.outcome), page.outcome.as_ref(), "{at}");
        let by_hand = card.dwell_source().map(|source| source == floorbook_model::DwellSource::Adjusted);
        assert_eq!(by_hand, closing.map(|_| page.times_by_hand()), "{at}");
    }
}
