//! What a device has written to its disk, read the way a thief would.

use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};

const DATABASE: &str = "floorbook.db";

/// A text found in a file where it must not stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The file.
    pub file: PathBuf,
    /// What was found in it.
    pub text: String,
}

/// Looks for each text in every file below `folder`, as UTF-8 and as UTF-16.
///
/// # Errors
/// When a file cannot be read.
pub fn scan(folder: &Path, texts: &[String]) -> Result<Vec<Hit>> {
    let mut hits = Vec::new();
    for file in files_below(folder)? {
        let bytes = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        for text in texts {
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            if contains(&bytes, text.as_bytes()) || contains(&bytes, &wide) {
                hits.push(Hit { file: file.clone(), text: text.clone() });
            }
        }
    }
    Ok(hits)
}

/// The files of the device's database that are to survive whatever happens: the database and its log.
///
/// # Errors
/// When there is no database.
pub fn database(device: &Path) -> Result<Vec<PathBuf>> {
    let files = [DATABASE.to_owned(), format!("{DATABASE}-wal")].map(|name| device.join(name));
    ensure!(device.join(DATABASE).is_file(), "no database in {}", device.display());
    Ok(files.into_iter().filter(|file| file.is_file()).collect())
}

/// Every regular file below `folder`; none when there is no such folder.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders: Vec<_> = folder.exists().then(|| folder.to_path_buf()).into_iter().collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
    }
    Ok(files)
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scan_sees_both_encodings_at_any_depth() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/b");
        fs::create_dir_all(&deep).unwrap();
        let wide: Vec<u8> = "驼色大衣".encode_utf16().flat_map(u16::to_le_bytes).collect();
        fs::write(deep.join("wide"), [b"..".as_slice(), &wide].concat()).unwrap();
        fs::write(folder.path().join("narrow"), "…驼色大衣…").unwrap();
        fs::write(folder.path().join("clean"), "nothing here").unwrap();
        let hits = scan(folder.path(), &["驼色大衣".to_owned()]).unwrap();
        assert_eq!(hits.len(), 2, "one hit per file that holds the text");
    }
}
