//! The key that opens contacts. Its private half is sealed under a code on paper in a file that is
//! kept away from this machine; the database holds the public half alone.

use crate::{Hq, HqError, key_file};
use floorbook_protocol::{BadPaperCode, Kept, OpeningKey, PaperCode, SealingKey};
use rusqlite::Transaction;
use std::fs;
use std::io::Write;
use std::path::Path;

impl Hq {
    /// Makes the key and writes its private half to `path`. Returns the code that opens the file; it
    /// is shown once and kept nowhere. Devices that are paired from now on can take contacts.
    ///
    /// # Errors
    /// [`HqError::AlreadyThere`] when there is a key or the file; nothing is changed then.
    pub fn make_contact_key(&self, path: &Path) -> Result<PaperCode, HqError> {
        if self.database.read(read)?.is_some() || path.exists() {
            return Err(HqError::AlreadyThere(path.to_owned()));
        }
        let (key, code) = (OpeningKey::make(&*self.rng), PaperCode::make(&*self.rng));
        let sealed = code.seal(Kept::ContactKey, &*key.to_bytes(), &*self.rng);
        let written = key_file::owner_only(path).and_then(|mut file| {
            file.write_all(&sealed)?;
            file.sync_all()
        });
        written.map_err(HqError::file(path))?;
        let public = serde_json::to_string(&key.sealing_key())?;
        self.database.write(|tx| {
            tx.execute("UPDATE headquarters SET contact_key = ?1", [public])?;
            Ok::<_, HqError>(())
        })?;
        Ok(code)
    }
}

/// The public half, where there is one.
pub(crate) fn read(tx: &Transaction<'_>) -> Result<Option<SealingKey>, HqError> {
    let text: Option<String> = tx.query_row("SELECT contact_key FROM headquarters", [], |row| row.get(0))?;
    Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
}

/// The private half from its file.
///
/// # Errors
/// [`HqError::NotThere`], [`HqError::BadCode`] for a code with a slip in it,
/// [`HqError::BadKeyFile`] when the code does not open the file.
pub fn open_contact_key(path: &Path, code: &str) -> Result<OpeningKey, HqError> {
    if !path.exists() {
        return Err(HqError::NotThere(path.to_owned()));
    }
    let code: PaperCode = code.trim().parse().map_err(|BadPaperCode| HqError::BadCode)?;
    let bytes = fs::read(path).map_err(HqError::file(path))?;
    let key = code.open(Kept::ContactKey, &bytes).and_then(|key| OpeningKey::from_bytes(&key).ok());
    key.ok_or_else(|| HqError::BadKeyFile(path.to_owned()))
}
