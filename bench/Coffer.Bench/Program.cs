using Coffer.Bench;
using Coffer.Bench.Machine;
using Coffer.Bench.Parts;

return args switch
{
    ["run", var coffer, var data, .. var rest] => RunAll(coffer, data, rest),
    ["write-once", var folder, var seconds] => WriterPart.WriteOnce(folder, TimeSpan.FromSeconds(int.Parse(seconds))),
    _ => Usage(),
};

static int RunAll(string coffer, string data, string[] rest)
{
    bool trial = rest.Contains("--trial");
    string[] wanted = [.. rest.Where(word => word != "--trial")];
    (string Name, string Title, string Ours, string Theirs, Func<Setup, IEnumerable<Finding>> Measure)[] parts =
    [
        ("get", "Downloads by presigned URL", "Coffer", "nginx, static file", GetPart.Run),
        ("write", "Durable 4 KiB objects into a bucket, in process", "BucketObjects", "yardstick", WriterPart.Run),
        ("life", "Whole lives over HTTP", "Coffer, durable", "nginx WebDAV PUT, not durable", LifePart.Run),
        ("large", "Large objects", "Coffer", "nginx WebDAV PUT, then sync", LargePart.Run),
        ("list", "Lists", "1,000,000 objects and 1,000,000 newer tombstones", "10,000 objects", ListPart.Run),
        ("files", "Downloads through the Storage API", "Coffer", "nginx, static file", FilesPart.Run),
        ("post", "Uploads through the Storage API", "Coffer, durable", "nginx WebDAV PUT", PostPart.Run),
        ("folders", "Lists of the Storage API", "1,000,000 keys", "10,000 keys", FoldersPart.Run),
        ("tus", "Resumable uploads", "TUS", "one plain upload", TusPart.Run),
        ("devbox", "Devboxes", "Coffer", "GNU tar; bubblewrap alone", DevboxPart.Run),
        ("start", "Start and idle", "1,000,000 objects", "empty folder", StartPart.Run),
    ];
    if (wanted.FirstOrDefault(word => parts.All(part => part.Name != word)) is not null)
    {
        return Usage();
    }

    Directory.CreateDirectory(data);
    var setup = new Setup(coffer, Path.GetFullPath(data), trial);
    var report = new Report(setup);
    try
    {
        Disk.RequireReal(setup.Data);
    }
    catch (InvalidRunException broken)
    {
        Console.Error.WriteLine($"invalid: {broken.Message}");
        return 1;
    }

    report.Facts();
    foreach (var part in parts.Where(part => wanted.Length == 0 || wanted.Contains(part.Name)))
    {
        report.Part(part.Title, part.Ours, part.Theirs, () => part.Measure(setup));
    }

    report.Save(Path.Combine(setup.Data, $"result-{DateTime.UtcNow:yyyyMMdd-HHmmss}.md"));
    return report.AllWell ? 0 : 1;
}

static int Usage()
{
    Console.Error.WriteLine("usage: bench/run.sh [--trial] [get|write|life|large|list|files|post|folders|tus|devbox|start]…");
    return 2;
}
