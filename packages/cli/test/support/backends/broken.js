throw new Error("broken\nin two lines");
