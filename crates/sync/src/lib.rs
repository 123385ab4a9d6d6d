//! floorbook-sync
