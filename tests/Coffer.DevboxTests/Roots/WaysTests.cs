using System.Diagnostics;
using Coffer.Devboxes.Roots;
using Coffer.DevboxTests.Child;
using Coffer.LocalFiles;
using Microsoft.Extensions.Logging;
using static Coffer.DevboxTests.Roots.Showing;

namespace Coffer.DevboxTests.Roots;

/// <summary>Which way is taken where, and that each of them holds.</summary>
public sealed class WaysTests
{
    [Fact]
    public void Root_on_a_plain_disk_takes_the_overlay_and_says_so()
    {
        MountedFolder.NeedsRoot();
        using var folder = new MountedFolder();
        var log = new Said();

        using MountedArchives archives = folder.Open(logger: log);

        Assert.Equal(CopyOnWriteWay.Overlay, archives.Way);
        Assert.Contains("by Overlay (overlay: works; reflink:", Assert.Single(log.Lines), StringComparison.Ordinal);
        Assert.Empty(folder.Mounts());
        Assert.Equal(["shared"], Directory.GetFileSystemEntries(folder.Folder).Select(Path.GetFileName));
    }

    [Fact]
    public void A_server_that_is_not_root_copies()
    {
        MountedFolder.NeedsRoot();
        string place = Path.Combine("/var/tmp", $"coffer-{Guid.NewGuid():N}");
        Directory.CreateDirectory(place);
        try
        {
            Assert.Equal(0, Tool.Run("chown", "65534:65534", place));
            string folder = Path.Combine(place, "devboxes");
            string program = Readable(place);
            string[] nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"];
            using (var server = new ChildServer(program, folder, uid: null, nobody))
            {
                server.Ask("way", "Copy");
                server.Ask($"attach dbx_1 {Data}", "attached");
                server.Ask($"attach dbx_2 {Data}", "attached");
                File.AppendAllText($"{folder}/dbx_1/root{Data}/notes.txt", "more\n");
                server.Kill();
            }

            using (var server = new ChildServer(program, folder, uid: null, nobody))
            {
                server.Ask("recover dbx_1 dbx_2", "lost:");
                server.Ask($"attach dbx_3 {Data}", "attached");
                Assert.Equal("as stored\nmore\n", File.ReadAllText($"{folder}/dbx_1/root{Data}/notes.txt"));
                Assert.Equal("as stored\n", File.ReadAllText($"{folder}/dbx_2/root{Data}/notes.txt"));
                Assert.Equal("as stored\n", File.ReadAllText($"{folder}/dbx_3/root{Data}/folder/deep/inner.txt"));
                Assert.Equal(65534, Owner($"{folder}/dbx_3/root{Data}/notes.txt"));
                server.Ask("detach dbx_1", "detached");
                server.End();
            }
        }
        finally
        {
            Directory.Delete(place, recursive: true);
        }

        static int Owner(string path)
        {
            using var file = FileCalls.Open(path);
            return FileCalls.StatIn(file, "")!.Value.Uid;
        }

        // The output of the build may lie where that user cannot look.
        static string Readable(string place)
        {
            string program = Path.Combine(place, "program");
            Assert.Equal(0, Tool.Run("cp", "-rL", AppContext.BaseDirectory, program));
            Assert.Equal(0, Tool.Run("chmod", "-R", "a+rX", program));
            return program;
        }
    }

    [Theory, Trait("Speed", "Slow")]
    [InlineData("btrfs", "mkfs.btrfs", "-q")]
    [InlineData("xfs", "mkfs.xfs", "-q")]
    public async Task Where_the_file_system_shares_bytes_files_are_cloned(string kind, params string[] make)
    {
        MountedFolder.NeedsRoot();
        using var volume = LoopVolume.Make(kind, make);
        using (var folder = new MountedFolder(volume.Path))
        {
            var log = new Said();
            folder.Open(logger: log).Dispose();
            Assert.Contains("reflink: works", Assert.Single(log.Lines), StringComparison.Ordinal);
            await ChangesTests.ChangesStayInside(folder, CopyOnWriteWay.Reflink);
        }

        using (var folder = new MountedFolder(volume.Path, "devboxes-2"))
        {
            await ChangesTests.ChangesStayInside(folder, CopyOnWriteWay.Overlay);
        }

        using (var folder = new MountedFolder(volume.Path, "devboxes-3"))
        {
            using MountedArchives archives = folder.Open(CopyOnWriteWay.Reflink);
            byte[] large = new byte[32 << 20];
            Random.Shared.NextBytes(large);
            TreeSize Extract(RootedDirectory into, int? owner, CancellationToken cancellationToken)
            {
                File.WriteAllBytes($"/proc/self/fd/{into.Handle.DangerousGetHandle()}/large", large);
                return new TreeSize(large.Length, 1);
            }

            await archives.ShowAsync(folder.Box(1), Data, "large", 1, Extract);
            await archives.Quiet;
            long before = volume.FreeBytes;
            for (int i = 2; i < 10; i++)
            {
                await archives.ShowAsync(folder.Box(i), Data, "large", 1, Extract);
            }

            await archives.Quiet;
            Assert.InRange(before - volume.FreeBytes, 0, large.Length); // eight copies would take 256 MiB
            Assert.Equal(large, File.ReadAllBytes(MountedFolder.Inside(folder.Box(9), $"{Data}/large")));
        }
    }

    [Theory]
    [InlineData(nameof(CopyOnWriteWay.Overlay))]
    [InlineData(nameof(CopyOnWriteWay.Copy))]
    public async Task An_archive_above_the_ceiling_is_the_devboxs_own(string way)
    {
        MountedFolder.NeedsRoot();
        using var folder = new MountedFolder();
        DevboxRoot devbox = folder.Box(1);
        var archive = new SampleArchive();
        CopyOnWriteWay only = Enum.Parse<CopyOnWriteWay>(way);
        using (MountedArchives archives = folder.Open(only, sharedMaxBytes: 1000))
        {
            await archives.ShowAsync(devbox, Data, "a", 1, archive.Extract, storedBytes: 1001);
            await archives.ShowAsync(devbox, "/srv", "a", 2, archive.Extract);
            await archives.Quiet;
            Assert.Equal(0, archives.SharedBytes);
            MountedFolder.Run(devbox, Data, "echo mine >> notes.txt");
            MountedFolder.Run(devbox, "/srv", "echo mine >> notes.txt");
        }

        Assert.Empty(Directory.GetFileSystemEntries(folder.SharedPath));
        using MountedArchives again = folder.Open(only, sharedMaxBytes: 1000);
        Assert.Empty(again.Recover([devbox]));
        string both = MountedFolder.Run(devbox, "/", "cat home/user/data/notes.txt srv/notes.txt");
        Assert.Equal("as stored\nmine\nas stored\nmine\n", both);
        Assert.Equal($"{devbox.Uid}\n", MountedFolder.Run(devbox, "/", "find srv home/user/data -printf '%U\\n' | sort -u"));
        await again.Quiet;
    }

    [Fact, Trait("Speed", "Slow")]
    public async Task The_tenth_devbox_gets_twenty_thousand_files_in_milliseconds()
    {
        MountedFolder.NeedsRoot();
        using var folder = new MountedFolder();
        using MountedArchives archives = folder.Open(CopyOnWriteWay.Overlay);
        var archive = new SampleArchive(more: 20_000);
        var took = new List<TimeSpan>();
        for (int i = 1; i <= 10; i++)
        {
            DevboxRoot devbox = folder.Box(i);
            long started = Stopwatch.GetTimestamp();
            await archives.ShowAsync(devbox, archive: archive);
            took.Add(Stopwatch.GetElapsedTime(started));
            Assert.Equal(archive.Text, MountedFolder.Run(devbox, Data, "cat many/199/99.txt"));
        }

        TestContext.Current.SendDiagnosticMessage(string.Join(' ', took.Select(time => $"{time.TotalMilliseconds:F1}")));
        Assert.InRange(took[1..].Min(), TimeSpan.Zero, took[0] / 10);
        Assert.InRange(took[1..].Min(), TimeSpan.Zero, TimeSpan.FromMilliseconds(200));
    }

    private sealed class Said : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
