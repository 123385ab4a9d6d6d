//! Pairing codes. Of a code only the SHA-256 of its secret is kept, so a copy of the database
//! pairs nothing.

use crate::archive::{Transaction, values};
use crate::{Act, Because, Hq, HqError, audit, stores};
use floorbook_model::StoreId;
use floorbook_protocol::{PairingCode, limits};
use sha2::{Digest, Sha256};

const DEVICES_MAX: u32 = 100;
/// How long an expired code is remembered as such, milliseconds; later it is merely unknown.
const EXPIRED_KEPT_MS: i64 = 24 * 3_600_000;

/// A code as it is kept.
pub(crate) struct KnownCode {
    pub(crate) store: StoreId,
    pub(crate) uses_left: u32,
    pub(crate) expires_ms: i64,
}

impl Hq {
    /// Makes a pairing code with which `devices` devices of `store` may pair within
    /// [`limits::PAIRING_CODE_LIFE_MS`]. That goes on record, the code does not.
    ///
    /// # Errors
    /// [`HqError::StoreUnknown`], or [`HqError::BadInput`] unless 1 to 100 devices are asked for.
    pub fn make_code(&self, store: &StoreId, devices: u32, because: Because<'_>) -> Result<PairingCode, HqError> {
        if !(1..=DEVICES_MAX).contains(&devices) {
            return Err(HqError::BadInput("a code is for 1 to 100 devices"));
        }
        let mut random = [0; 9];
        self.rng.fill(&mut random);
        let code = PairingCode::new(random, self.ca_der());
        let now_ms = self.clock.wall_ms();
        self.archive.write(|tx| {
            if stores::read(tx, store)?.is_none() {
                return Err(HqError::StoreUnknown(store.clone()));
            }
            tx.execute("DELETE FROM pairing_codes WHERE expires_ms < ?1", values![now_ms - EXPIRED_KEPT_MS])?;
            tx.execute(
                "INSERT INTO pairing_codes (secret_hash, store, uses_left, expires_ms) VALUES (?1, ?2, ?3, ?4)",
                values![&hash(code.secret()), store.as_str(), devices, now_ms + limits::PAIRING_CODE_LIFE_MS],
            )?;
            let detail = format!("{store}: for {devices} device(s)");
            audit::record_change(tx, now_ms, Act::CodeMade, &detail, because)?;
            Ok(code)
        })
    }
}

/// What is kept of a secret. Looking a code up by it tells a guesser nothing by its timing.
pub(crate) fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}

/// The code of which `hash` is kept.
pub(crate) fn find(tx: &dyn Transaction, hash: &[u8; 32]) -> Result<Option<KnownCode>, HqError> {
    let sql = "SELECT store, uses_left, expires_ms FROM pairing_codes WHERE secret_hash = ?1";
    tx.first(sql, values![hash], |row| {
        Ok(KnownCode { store: stores::code(row, 0)?, uses_left: row.get(1)?, expires_ms: row.get(2)? })
    })
}

/// Takes one use from a code.
pub(crate) fn use_once(tx: &dyn Transaction, hash: &[u8; 32]) -> Result<(), HqError> {
    tx.execute("UPDATE pairing_codes SET uses_left = uses_left - 1 WHERE secret_hash = ?1", values![hash])?;
    Ok(())
}
