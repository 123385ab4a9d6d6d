//! Pairing: a code and a device key against everything that a device needs.

use crate::archive::Transaction;
use crate::codes::{self, KnownCode};
use crate::devices::{self, KnownDevice, NewDevice};
use crate::problem::Refused;
use crate::{Hq, challenge, kits};
use floorbook_model::DeviceId;
use floorbook_protocol::{Kit, PairGrant, PairRequest, ProblemKind, Purpose, Signed, SignedError};
use std::sync::PoisonError;

const DEVICE_NAME_CHARS_MAX: usize = 64;
/// Wrong codes that are answered in one window; then pairing rests until the window ends. Codes
/// have 45 bits: at this rate a guesser needs millions of years.
const WRONG_CODES_MAX: u32 = 10;
const WINDOW_MS: u64 = 60_000;

/// How many wrong codes came lately. It is kept for all callers together: an address is cheap.
#[derive(Debug, Default)]
pub(crate) struct WrongCodes {
    since_ms: u64,
    count: u32,
}

impl WrongCodes {
    /// Seconds to wait, while there were too many. `steady_ms` never jumps.
    fn wait_s(&mut self, steady_ms: u64) -> Option<u32> {
        let age_ms = steady_ms.saturating_sub(self.since_ms);
        if age_ms >= WINDOW_MS {
            *self = Self { since_ms: steady_ms, count: 0 };
        }
        let left_ms = WINDOW_MS.saturating_sub(age_ms);
        (self.count >= WRONG_CODES_MAX).then(|| u32::try_from(left_ms.div_ceil(1_000)).unwrap_or(u32::MAX))
    }
}

impl Hq {
    /// Answers a pairing request with a signed [`PairGrant`]. The same code and key within the
    /// code's life get the same grant, so a lost answer costs nothing.
    pub(crate) fn pair(&self, body: &[u8]) -> Result<Signed, Refused> {
        let now = self.clock.now();
        if let Some(retry_after_s) = self.hold_wrong_codes().wait_s(now.steady_ms) {
            return Err(Refused::Busy { retry_after_s });
        }
        let request = read_request(body)?;
        if !challenge::is_fresh(&self.keys.challenge, &request.challenge, now.wall_ms) {
            return Err(ProblemKind::ChallengeStale.into());
        }
        let granted = self.archive.write(|tx| self.grant(tx, &request, now.wall_ms));
        if let Err(Refused::Problem(ProblemKind::CodeUnknown | ProblemKind::CodeExpired)) = &granted {
            self.hold_wrong_codes().count += 1;
            tracing::warn!("a pairing code was refused");
        }
        Ok(Signed::seal(Purpose::PairGrant, &granted?, &self.keys.signing)?)
    }

    fn grant(&self, tx: &dyn Transaction, request: &PairRequest, now_ms: i64) -> Result<PairGrant, Refused> {
        let hash = codes::hash(&request.code);
        let code = codes::find(tx, &hash)?.ok_or(ProblemKind::CodeUnknown)?;
        if now_ms >= code.expires_ms {
            return Err(ProblemKind::CodeExpired.into());
        }
        let (device, device_name) = match devices::find_paired(tx, &hash, request.device_key)? {
            Some(KnownDevice { is_revoked: true, .. }) => return Err(ProblemKind::DeviceRevoked.into()),
            Some(known) => (known.id, devices::name(tx, known.number)?),
            None => (self.add_device(tx, request, &code, &hash, now_ms)?, request.device_name.clone()),
        };
        let Kit { epoch, store, pack, roster, policy, contact_key, spool_key } = kits::read(tx, &code.store)?;
        Ok(PairGrant {
            device,
            device_key: request.device_key,
            device_name,
            store,
            hq_key: self.public_key(),
            pack,
            roster,
            policy,
            contact_key,
            spool_key,
            epoch,
        })
    }

    fn add_device(
        &self,
        tx: &dyn Transaction,
        request: &PairRequest,
        code: &KnownCode,
        hash: &[u8; 32],
        now_ms: i64,
    ) -> Result<DeviceId, Refused> {
        if code.uses_left == 0 {
            return Err(ProblemKind::CodeUnknown.into());
        }
        codes::use_once(tx, hash)?;
        let id = DeviceId::make(now_ms, &*self.rng);
        let device = NewDevice {
            id,
            store: &code.store,
            key: request.device_key,
            name: &request.device_name,
            code_hash: hash,
            paired_ms: now_ms,
        };
        devices::insert(tx, &device)?;
        tracing::info!(device.id = %id, store.id = %code.store, "a device was paired");
        Ok(id)
    }

    fn hold_wrong_codes(&self) -> std::sync::MutexGuard<'_, WrongCodes> {
        self.wrong_codes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read_request(body: &[u8]) -> Result<PairRequest, Refused> {
    let signed: Signed = serde_json::from_slice(body).map_err(|_| ProblemKind::Malformed)?;
    let opened = signed.open_self_signed(Purpose::PairRequest, |request: &PairRequest| request.device_key);
    let request = opened.map_err(|error| match error {
        SignedError::Signature => ProblemKind::SignatureInvalid,
        SignedError::Encoding | SignedError::Payload(_) => ProblemKind::Malformed,
    })?;
    let name = &request.device_name;
    let is_name = name.chars().count() <= DEVICE_NAME_CHARS_MAX && !name.chars().any(char::is_control);
    if is_name { Ok(request) } else { Err(ProblemKind::Malformed.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_wrong_codes_rest_until_the_window_ends() {
        let mut wrong = WrongCodes { since_ms: 1_000, count: WRONG_CODES_MAX };
        assert_eq!(wrong.wait_s(1_001), Some(60));
        assert_eq!(wrong.wait_s(60_999), Some(1));
        assert_eq!(wrong.wait_s(61_000), None);
    }
}
