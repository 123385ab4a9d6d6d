//! floorbook-ledger
