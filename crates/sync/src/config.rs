//! Asking headquarters what it wants of the device.

use crate::drain::{Drain, blocking};
use crate::{SyncError, Transport, pairing};
use floorbook_model::BatchId;
use floorbook_protocol::{Config, ConfigRequest, PublicKey, Purpose, Sealed, Signed, path};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// So often it asks while headquarters answers.
const PACE: Duration = Duration::from_secs(5 * 60);
/// So soon it asks again when it did not.
const AGAIN: Duration = Duration::from_secs(60);

/// What the device says of itself when it asks.
#[derive(Clone, Debug)]
pub struct Question {
    /// Of the kit that it has.
    pub epoch: u64,
    /// Version of the program.
    pub version: String,
    /// Its root secret, sealed, where headquarters does not hold it yet.
    pub escrow: Option<Sealed>,
}

/// What headquarters answered, verified, and as it was signed.
#[derive(Clone, Debug)]
pub struct Heard {
    /// The answer.
    pub config: Config,
    /// The same, signed.
    pub document: Signed,
    /// Whether the escrow went with the question, so that headquarters holds it now.
    pub with_escrow: bool,
}

/// When it is asked next, and what.
#[derive(Debug)]
pub(crate) struct Asking {
    question: Question,
    due: Instant,
    /// Somebody does not want to wait; asked for since the last question left.
    hurried: bool,
}

impl Asking {
    pub(crate) fn at_once(question: Question) -> Self {
        Self { question, due: Instant::now(), hurried: false }
    }

    /// Makes it due now, even if a question is on its way.
    pub(crate) fn hurry(&mut self) {
        self.hurried = true;
    }

    /// The question, where it is due.
    pub(crate) fn take_due(&mut self) -> Option<Question> {
        let is_hurried = std::mem::take(&mut self.hurried);
        (is_hurried || Instant::now() >= self.due).then(|| self.question.clone())
    }

    /// What was asked was answered, or was not.
    pub(crate) fn went(&mut self, is_answered: bool) {
        if is_answered {
            self.question.escrow = None;
        }
        self.due = Instant::now() + if is_answered { PACE } else { AGAIN };
    }
}

impl<T: Transport> Drain<T> {
    /// Asks. The answer counts when headquarters signed it for this device and this question.
    pub(crate) async fn ask(&self, question: Question) -> Result<Heard, SyncError> {
        let challenge = pairing::greet(&*self.transport).await?;
        let book = Arc::clone(&self.book);
        let (waiting, said) = blocking(move || Ok((book.counts()?.waiting, book.day_ledger()?))).await?;
        let ledger = Signed::seal(Purpose::Ledger, &said, &self.identity.key).map_err(|_| SyncError::Internal)?;
        let Question { epoch, version, escrow } = question;
        let with_escrow = escrow.is_some();
        let line = serde_json::to_string(&ConfigRequest { epoch, waiting, version, escrow, ledger: Some(ledger) });
        let batch = BatchId::make(self.clock.wall_ms(), &*self.rng);
        let line = line.map_err(|_| SyncError::Internal)?;
        let request = self.identity.request(path::CONFIG, batch, &[&line], challenge)?;
        let document = self.transport.send(request).await?.document;
        let config: Config = document.open(Purpose::Config, &self.identity.hq_key).map_err(|_| SyncError::Nonsense)?;
        if config.device != self.identity.device || config.request != batch {
            return Err(SyncError::Nonsense);
        }
        if config.kit.is_none() && holds_kit(&document, &self.identity.hq_key) {
            tracing::warn!("a kit is from a later version of the program and was not read");
        }
        Ok(Heard { config, document, with_escrow })
    }
}

/// Whether there is a kit in an answer, in whatever form.
fn holds_kit(document: &Signed, key: &PublicKey) -> bool {
    #[derive(Deserialize)]
    struct Offer {
        kit: Option<IgnoredAny>,
    }
    document.open(Purpose::Config, key).is_ok_and(|offer: Offer| offer.kit.is_some())
}
