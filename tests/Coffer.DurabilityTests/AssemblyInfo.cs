// Some lanes mostly wait, for the grace of released bytes above all; one more than the cores keeps these busy meanwhile.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]
