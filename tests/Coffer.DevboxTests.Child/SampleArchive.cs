using System.Text;
using Coffer.Devboxes.Roots;
using Coffer.LocalFiles;

namespace Coffer.DevboxTests.Child;

/// <summary>Stands for the extraction of an archive: what it holds, and how often it ran.</summary>
internal sealed class SampleArchive(string text = "as stored\n", int more = 0)
{
    private int _runs;

    public int Runs => _runs;

    public string Text => text;

    /// <summary>Waits before the last file is there.</summary>
    public Task Gate { get; init; } = Task.CompletedTask;

    /// <summary>Thrown before the last file is there.</summary>
    public Exception? Fault { get; init; }

    /// <summary>Ends when the extraction has begun.</summary>
    public TaskCompletionSource Begun { get; } = new();

    /// <summary>
    /// <code>
    /// notes.txt, append.txt, truncate.txt, mode.txt, name.txt, open.txt, gone.txt   the text
    /// run.sh          0755
    /// twin-a, twin-b  one file
    /// sparse          1 MiB without a byte written
    /// link            to notes.txt
    /// folder/inner.txt, folder/deep/inner.txt
    /// many/NNN/N.txt  as many more as were asked for
    /// </code>
    /// </summary>
    public TreeSize Extract(RootedDirectory into, int? owner, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _runs);
        Begun.TrySetResult();
        string root = $"/proc/self/fd/{into.Handle.DangerousGetHandle()}";
        long entries = 0;
        string[] first = ["notes.txt", "append.txt", "truncate.txt", "mode.txt", "name.txt", "open.txt", "gone.txt", "twin-a"];
        foreach (string name in first) Add(name);

        Gate.Wait(cancellationToken);
        if (Fault is not null) throw Fault;
        Add("run.sh", 0x1ED);
        into.MakeHardLink("twin-a", "twin-b");
        using (FileStream sparse = File.Create($"{root}/sparse")) sparse.SetLength(1 << 20);
        Give("sparse");
        into.MakeSymbolicLink("link", "notes.txt");
        Give("link");
        AddFolder("folder");
        AddFolder("folder/deep");
        Add("folder/inner.txt");
        Add("folder/deep/inner.txt");
        if (more > 0) AddFolder("many");
        for (int i = 0; i < more; i++)
        {
            if (i % 100 == 0) AddFolder($"many/{i / 100}");
            Add($"many/{i / 100}/{i % 100}.txt");
        }

        return new TreeSize(entries * Encoding.UTF8.GetByteCount(text), entries);

        void Add(string name, int mode = 0x1A4)
        {
            File.WriteAllText($"{root}/{name}", text);
            File.SetUnixFileMode($"{root}/{name}", (UnixFileMode)mode);
            Give(name);
            entries++;
        }

        void AddFolder(string name)
        {
            Directory.CreateDirectory($"{root}/{name}");
            File.SetUnixFileMode($"{root}/{name}", (UnixFileMode)0x1ED);
            Give(name);
            entries++;
        }

        void Give(string name)
        {
            if (owner is { } uid) FileCalls.SetOwnerIn(into.Handle, name, uid);
        }
    }
}
