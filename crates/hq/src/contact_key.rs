//! The key that opens contacts. Its private half is sealed under a code on paper in a file that is
//! kept away from this machine; the database holds the public half alone.

use crate::archive::{Transaction, values};
use crate::{Act, Because, Hq, HqError, audit, key_file, kits};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use floorbook_protocol::{BadPaperCode, OpeningKey, PaperCode, Sealed, SealedFor, SealingKey};
use std::fs;
use std::path::Path;
use zeroize::Zeroizing;

impl Hq {
    /// Makes the key and writes its private half to `path`. Returns the code that opens the file; it
    /// is shown once and kept nowhere. The public half goes on record. Devices seal to it from when they next ask; what was sealed to an
    /// earlier key is opened by that.
    ///
    /// # Errors
    /// [`HqError::AlreadyThere`] when the file is there; nothing is changed then.
    pub fn make_contact_key(&self, path: &Path, because: Because<'_>) -> Result<PaperCode, HqError> {
        if path.exists() {
            return Err(HqError::AlreadyThere(path.to_owned()));
        }
        let (key, code) = (OpeningKey::make(&*self.rng), PaperCode::make(&*self.rng));
        let text = Zeroizing::new(serde_json::to_vec(&STANDARD.encode(*key.to_bytes()))?);
        let paper = code.opening_key().sealing_key();
        let sealed = Sealed::seal(SealedFor::ContactKey, b"", &text, &paper, &*self.rng);
        key_file::write_new(path, &serde_json::to_vec(&sealed.map_err(|_| HqError::Broken("contact key"))?)?)?;
        let public = serde_json::to_string(&key.sealing_key())?;
        self.archive.write(|tx| {
            tx.execute("UPDATE headquarters SET contact_key = ?1", values![&public])?;
            let now_ms = self.clock.wall_ms();
            audit::record_change(tx, now_ms, Act::ContactKeyMade, &public, because)?;
            kits::raise_all(tx, now_ms)
        })?;
        Ok(code)
    }
}

/// The public half, where there is one.
pub(crate) fn read(tx: &dyn Transaction) -> Result<Option<SealingKey>, HqError> {
    let sql = "SELECT contact_key FROM headquarters";
    let text: Option<String> = tx.one("headquarters", sql, &[], |row| row.get(0))?;
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
    let open = || {
        let sealed: Sealed = serde_json::from_slice(&bytes).ok()?;
        let text = code.opening_key().open(SealedFor::ContactKey, b"", &sealed).ok()?;
        let key: String = serde_json::from_slice(&text).ok()?;
        OpeningKey::from_bytes(&STANDARD.decode(key).ok()?).ok()
    };
    open().ok_or_else(|| HqError::BadKeyFile(path.to_owned()))
}
