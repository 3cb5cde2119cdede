//! A store that is opened to be looked at.

use super::*;

#[test]
fn a_store_that_is_looked_at_is_not_changed() {
    let (dir, store) = store();
    let path = dir.path().join("store/gatepost.db");
    drop(store);
    let mut look = Store::open_to_read(&path).unwrap().unwrap();
    assert!(look.read(noon(), |tx| tx.tickets(true)).unwrap().is_empty());
    let why = look.write(noon(), |tx| tx.set_meta("a", "b")).unwrap_err();
    assert!(format!("{why:#}").contains("readonly"), "{why:#}");
    look.connection
        .pragma_update(None, "query_only", false)
        .unwrap();
    look.connection
        .pragma_update(None, "user_version", 0)
        .unwrap();
    assert!(
        Store::open_to_read(&path).is_err(),
        "an empty file is no store"
    );
    assert!(
        Store::open_to_read(&dir.path().join("none.db"))
            .unwrap()
            .is_none()
    );
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(Store::open_to_read(&path).is_err());
}
