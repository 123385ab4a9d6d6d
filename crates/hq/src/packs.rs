//! Form packs: the three that come with the program, and the check that every pack passes.

use crate::HqError;
use crate::archive::{Row, Transaction, values};
use floorbook_model::{Pack, check_pack};

const EMBEDDED: [(&str, &str); 3] = [
    ("apparel", include_str!("../../../assets/packs/apparel.json")),
    ("jewellery", include_str!("../../../assets/packs/jewellery.json")),
    ("electronics", include_str!("../../../assets/packs/electronics.json")),
];

/// A pack that comes with the program; `None` for any name but `apparel`, `jewellery` and
/// `electronics`.
///
/// # Errors
/// [`HqError::Json`] never happens in a tested build.
pub fn embedded_pack(name: &str) -> Result<Option<Pack>, HqError> {
    let text = EMBEDDED.iter().find(|(known, _)| *known == name).map(|(_, text)| *text);
    Ok(text.map(serde_json::from_str).transpose()?)
}

/// Checks a pack and publishes it, unless it is published already. Returns its number.
pub(crate) fn publish(tx: &dyn Transaction, pack: &Pack) -> Result<i64, HqError> {
    let findings = check_pack(pack);
    if !findings.is_empty() {
        return Err(HqError::PackRefused(findings));
    }
    let body = serde_json::to_string(pack)?;
    let sql = "SELECT number, body FROM packs WHERE id = ?1 AND version = ?2";
    let read = |row: &dyn Row| Ok((row.get::<i64>(0)?, row.get::<String>(1)?));
    let known = tx.first(sql, values![&pack.id, pack.version], read)?;
    match known {
        Some((number, known)) if known == body => Ok(number),
        Some(_) => Err(HqError::PackTaken { id: pack.id.clone(), version: pack.version }),
        None => {
            let sql = "INSERT INTO packs (id, version, body) VALUES (?1, ?2, ?3) RETURNING number";
            tx.one("packs", sql, values![&pack.id, pack.version, &body], |row| row.get(0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pack_that_comes_along_may_be_used() {
        for (name, _) in EMBEDDED {
            let pack = embedded_pack(name).unwrap().unwrap();
            assert_eq!(check_pack(&pack), [], "{name}");
        }
        assert!(embedded_pack("groceries").unwrap().is_none());
    }
}
