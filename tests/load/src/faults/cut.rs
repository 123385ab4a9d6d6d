//! What a disk holds when the power went.
//!
//! What was synced is there. Of what was not, each file gets one of: nothing, everything, the beginning, any of
//! the writes, or any of their sectors, where now and then a sector that was on its way holds rubbish. A sector
//! keeps the bytes beside those that were written to it, as disks of today and SQLite take for granted. Names
//! that came or went since the folder was synced did so or did not, each by itself.

use super::disk::{FileId, Op};
use rand::rngs::StdRng;
use rand::{Rng, RngExt};
use std::collections::BTreeMap;

const SECTOR_BYTES: u64 = 512;

/// The files of a folder by their names.
pub(crate) type Image = BTreeMap<String, Vec<u8>>;

/// One file.
#[derive(Default)]
struct File<'a> {
    durable: Vec<u8>,
    /// Since the last sync, in order.
    waiting: Vec<&'a Op>,
}

#[derive(Clone, Copy)]
enum Fate {
    Nothing,
    Everything,
    Beginning(usize),
    SomeWrites,
    SomeSectors,
}

impl Fate {
    fn draw(dice: &mut StdRng, waiting: usize) -> Self {
        match dice.random_range(0..6) {
            0 => Self::Nothing,
            1 => Self::Everything,
            2 => Self::Beginning(dice.random_range(0..=waiting)),
            3 => Self::SomeWrites,
            _ => Self::SomeSectors,
        }
    }
}

/// The folder after the power went once `ops` had been asked for.
pub(crate) fn image(ops: &[Op], dice: &mut StdRng) -> Image {
    let mut files: BTreeMap<FileId, File<'_>> = BTreeMap::new();
    let (mut names, mut waiting) = (BTreeMap::new(), Vec::new());
    for op in ops {
        match op {
            Op::Create { .. } => waiting.push(op),
            Op::Delete { folder, .. } => {
                waiting.push(op);
                if *folder {
                    waiting.drain(..).for_each(|op| rename(&mut names, op));
                }
            }
            Op::Write { file, .. } | Op::Truncate { file, .. } => files.entry(*file).or_default().waiting.push(op),
            Op::Sync { file, folder } => {
                files.entry(*file).or_default().settle();
                if *folder {
                    waiting.drain(..).for_each(|op| rename(&mut names, op));
                }
            }
            Op::SyncFailed { file } => files.entry(*file).or_default().survive(dice),
            Op::Acknowledged => {}
        }
    }
    for op in waiting {
        if dice.random() {
            rename(&mut names, op);
        }
    }
    let mut image = Image::new();
    for (name, file) in names {
        let mut file = files.remove(&file).unwrap_or_default();
        file.survive(dice);
        image.insert(name, file.durable);
    }
    image
}

fn rename(names: &mut BTreeMap<String, FileId>, op: &Op) {
    match op {
        Op::Create { file, name } => drop(names.insert(name.clone(), *file)),
        Op::Delete { name, .. } => drop(names.remove(name)),
        _ => {}
    }
}

impl File<'_> {
    /// All that waits becomes durable.
    fn settle(&mut self) {
        for op in std::mem::take(&mut self.waiting) {
            self.take(op);
        }
    }

    /// Some of what waits becomes durable, the rest is gone.
    fn survive(&mut self, dice: &mut StdRng) {
        let waiting = std::mem::take(&mut self.waiting);
        let fate = Fate::draw(dice, waiting.len());
        for (n, op) in waiting.into_iter().enumerate() {
            match (fate, op) {
                (Fate::Nothing, _) => {}
                (Fate::Everything, _) => self.take(op),
                (Fate::Beginning(end), _) if n >= end => {}
                (Fate::Beginning(_), _) => self.take(op),
                (Fate::SomeSectors, Op::Write { at, bytes, .. }) => self.take_sectors(*at, bytes, dice),
                (Fate::SomeWrites | Fate::SomeSectors, _) if dice.random() => self.take(op),
                (Fate::SomeWrites | Fate::SomeSectors, _) => {}
            }
        }
    }

    fn take(&mut self, op: &Op) {
        match op {
            Op::Write { at, bytes, .. } => self.write(*at, bytes),
            Op::Truncate { bytes, .. } => self.durable.resize(usize::try_from(*bytes).unwrap_or(0), 0),
            _ => {}
        }
    }

    fn take_sectors(&mut self, mut at: u64, mut bytes: &[u8], dice: &mut StdRng) {
        while !bytes.is_empty() {
            let room = usize::try_from(SECTOR_BYTES - at % SECTOR_BYTES).unwrap_or(1);
            let (sector, rest) = bytes.split_at(room.min(bytes.len()));
            match dice.random_range(0..20) {
                0..11 => self.write(at, sector),
                11 => {
                    let mut rubbish = vec![0; sector.len()];
                    dice.fill_bytes(&mut rubbish);
                    self.write(at, &rubbish);
                }
                _ => {}
            }
            at += u64::try_from(sector.len()).unwrap_or(0);
            bytes = rest;
        }
    }

    fn write(&mut self, at: u64, bytes: &[u8]) {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        let end = at.saturating_add(bytes.len());
        if self.durable.len() < end {
            self.durable.resize(end, 0);
        }
        self.durable[at..end].copy_from_slice(bytes);
    }
}
