//! The way back to a device whose keyring has lost the key and whose paper is gone: devices send their root
//! secret sealed to the offline key. Opened with that, it is sealed to a new code on paper.

use crate::archive::{Transaction, values};
use crate::audit::{self, Act, Because};
use crate::{Hq, HqError, devices, key_file};
use floorbook_model::DeviceId;
use floorbook_protocol::{OpeningKey, PaperCode, Sealed, SealedFor};
use std::path::Path;

impl Hq {
    /// Writes to `path` what the device keeps as `recovery.sealed`, for a new code. Returns the code; it is
    /// shown once and kept nowhere. That the key was opened is on record before.
    ///
    /// # Errors
    /// [`HqError::AlreadyThere`] when the file is there, [`HqError::DeviceUnknown`],
    /// [`HqError::EscrowMissing`], [`HqError::EscrowSealed`] when `key` does not open it.
    pub fn recover_device(
        &self,
        device: DeviceId,
        key: &OpeningKey,
        path: &Path,
        because: Because<'_>,
    ) -> Result<PaperCode, HqError> {
        if path.exists() {
            return Err(HqError::AlreadyThere(path.to_owned()));
        }
        let now_ms = self.clock.wall_ms();
        let escrow = self.archive.write(|tx| {
            let escrow = read(tx, device)?;
            audit::record(tx, now_ms, Act::KeyOpened, device.as_bytes(), because)?;
            Ok::<_, HqError>(escrow)
        })?;
        let roots = key.open(SealedFor::Escrow, device.as_bytes(), &escrow).map_err(|_| HqError::EscrowSealed)?;
        let code = PaperCode::make(&*self.rng);
        let key = code.opening_key().sealing_key();
        let sealed = Sealed::seal(SealedFor::RecoveryByHq, b"", &roots, &key, &*self.rng);
        key_file::write_new(path, &serde_json::to_vec(&sealed.map_err(|_| HqError::Broken("devices"))?)?)?;
        Ok(code)
    }
}

fn read(tx: &dyn Transaction, device: DeviceId) -> Result<Sealed, HqError> {
    let number = devices::find(tx, device)?.ok_or(HqError::DeviceUnknown(device))?.number;
    let sql = "SELECT escrow FROM devices WHERE number = ?1";
    let escrow: Option<String> = tx.one("devices", sql, values![number], |row| row.get(0))?;
    Ok(serde_json::from_str(&escrow.ok_or(HqError::EscrowMissing(device))?)?)
}
