throw new Error("no database at start");
