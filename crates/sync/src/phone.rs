//! The page for a visitor's own phone, as the device speaks of it with headquarters.

use crate::{Identity, SyncError, Transport, pairing};
use floorbook_model::{BatchId, Clock, Rng};
use floorbook_protocol::{PhoneAnswer, PhoneRequest, PhoneSaid, ProblemKind, Purpose, path};
use std::sync::Arc;

/// A line to headquarters for one page after the other.
pub struct PhoneLine<T> {
    transport: Arc<T>,
    identity: Arc<Identity>,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
    /// The last that was handed out.
    challenge: Option<String>,
}

impl<T: Transport> PhoneLine<T> {
    pub(crate) fn new(transport: Arc<T>, identity: Arc<Identity>, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Self {
        Self { transport, identity, clock, rng, challenge: None }
    }

    /// Says something and hears the answer, which may take as long as people do. It counts when headquarters
    /// signed it for this device and this request.
    ///
    /// # Errors
    /// [`SyncError`]: nobody there, somebody else there, or a refusal.
    pub async fn say(&mut self, wanted: &PhoneRequest) -> Result<PhoneSaid, SyncError> {
        match self.try_to_say(wanted).await {
            // It rested for longer than a challenge lives.
            Err(SyncError::Refused { kind: ProblemKind::ChallengeStale, .. }) => self.try_to_say(wanted).await,
            said => said,
        }
    }

    async fn try_to_say(&mut self, wanted: &PhoneRequest) -> Result<PhoneSaid, SyncError> {
        let challenge = match self.challenge.take() {
            Some(challenge) => challenge,
            None => pairing::greet(&*self.transport).await?,
        };
        let line = serde_json::to_string(wanted).map_err(|_| SyncError::Internal)?;
        let batch = BatchId::make(self.clock.wall_ms(), &*self.rng);
        let answer = self.transport.send(self.identity.request(path::PHONE, batch, &[&line], challenge)?).await?;
        let hq_key = &self.identity.hq_key;
        let said: PhoneAnswer = answer.document.open(Purpose::Phone, hq_key).map_err(|_| SyncError::Nonsense)?;
        self.challenge = answer.challenge;
        let fits = said.device == self.identity.device && said.request == batch;
        if fits { Ok(said.said) } else { Err(SyncError::Nonsense) }
    }
}

impl<T> std::fmt::Debug for PhoneLine<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PhoneLine").finish_non_exhaustive()
    }
}
