/* On the pages of signing in and out: an opened key of the integrity desk ends with its session, in every tab. */
indexedDB.deleteDatabase("integrity");
new BroadcastChannel("integrity-desk").postMessage("locked");
