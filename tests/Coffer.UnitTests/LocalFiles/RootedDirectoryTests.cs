using System.Runtime.InteropServices;
using System.Text;
using Coffer.LocalFiles;
using Microsoft.Win32.SafeHandles;

namespace Coffer.UnitTests.LocalFiles;

public sealed partial class RootedDirectoryTests : IDisposable
{
    private const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Folder = Plain | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly string _outer = Directory.CreateTempSubdirectory("coffer-rooted-").FullName;
    private readonly string _inner;
    private readonly RootedDirectory _root;

    public RootedDirectoryTests()
    {
        _inner = Path.Combine(_outer, "root");
        Directory.CreateDirectory(_inner);
        File.WriteAllText(Path.Combine(_outer, "secret"), "outside");
        _root = RootedDirectory.Open(_inner);
    }

    public void Dispose()
    {
        _root.Dispose();
        Directory.Delete(_outer, recursive: true);
    }

    [Fact]
    public void What_is_written_is_read_from_the_root_and_from_its_folders()
    {
        _root.MakeDirectories("/home/user", Folder, Links.Follow);
        Write("/home/user/a", FileMode.CreateNew, "one");
        using RootedDirectory home = _root.OpenDirectory("/home/user", Links.Follow);

        Assert.Equal("one", Read("/home/user/a"));
        using SafeFileHandle again = home.OpenRead("/a", Links.Follow);
        Assert.Equal(3, RandomAccess.GetLength(again));
        Assert.Equal("one", File.ReadAllText(Path.Combine(_inner, "home/user/a")));
    }

    [Fact]
    public void Made_files_and_folders_have_the_given_mode_whatever_the_mask()
    {
        _root.MakeDirectories("a/b", Folder, Links.Refuse);
        Write("a/b/c", FileMode.CreateNew, "");

        Assert.Equal(Folder, _root.Stat("a/b", Links.Refuse)!.Mode);
        Assert.Equal(Folder, _root.Stat("a", Links.Refuse)!.Mode);
        Assert.Equal(Plain, _root.Stat("a/b/c", Links.Refuse)!.Mode);
        Write("a/b/c", FileMode.Create, "x", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal(Plain, _root.Stat("a/b/c", Links.Refuse)!.Mode);
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("a/../../secret")]
    public void Names_that_climb_end_at_the_root_or_are_refused(string path)
    {
        _root.MakeDirectories("a", Folder, Links.Refuse);

        Assert.Equal(RootedPathReason.Missing, Refusal(() => _root.OpenRead(path, Links.Follow)));
        Assert.Equal(RootedPathReason.Escapes, Refusal(() => _root.OpenRead(path, Links.Refuse)));
        Assert.Equal(RootedPathReason.Escapes, Refusal(() => _root.Create(path, FileMode.Create, Plain, Links.Refuse)));
        Assert.Equal(RootedPathReason.Escapes, Refusal(() => _root.MakeDirectories("../b/c", Folder, Links.Refuse)));
        Assert.Equal(RootedPathReason.Escapes, Refusal(() => _root.Remove(path)));
        Assert.Equal(RootedPathReason.Escapes, Refusal(() => _root.MakeHardLink(path, "copy")));
        Assert.Equal("outside", File.ReadAllText(Path.Combine(_outer, "secret")));
    }

    [Fact]
    public void An_absolute_name_is_refused_where_links_are() =>
        Assert.Equal(RootedPathReason.Escapes, Refusal(() => _root.OpenRead("/etc/hostname", Links.Refuse)));

    [Fact]
    public void Links_that_lead_out_lead_nowhere()
    {
        File.CreateSymbolicLink(Path.Combine(_inner, "absolute"), Path.Combine(_outer, "secret"));
        File.CreateSymbolicLink(Path.Combine(_inner, "relative"), "../secret");
        File.CreateSymbolicLink(Path.Combine(_inner, "folder"), _outer);
        File.CreateSymbolicLink(Path.Combine(_inner, "self"), "/proc/self/root/etc/hostname");

        foreach (string name in (string[])["absolute", "relative", "folder/secret", "self"])
        {
            Assert.Equal(RootedPathReason.Missing, Refusal(() => _root.OpenRead(name, Links.Follow)));
            Assert.Equal(RootedPathReason.Escapes, Refusal(() => _root.OpenRead(name, Links.Refuse)));
        }

        // Writing through one makes what it names, inside.
        Write("relative", FileMode.Create, "inside");
        Assert.Equal("inside", File.ReadAllText(Path.Combine(_inner, "secret")));
        Assert.Equal("outside", File.ReadAllText(Path.Combine(_outer, "secret")));
    }

    [Fact]
    public void A_link_inside_is_followed_or_refused_as_asked()
    {
        Write("file", FileMode.Create, "here");
        _root.MakeSymbolicLink("link", "/file");
        _root.MakeSymbolicLink("round", "round");

        Assert.Equal("here", Read("link"));
        Assert.Equal(RootedPathReason.Escapes, Refusal(() => _root.OpenRead("link", Links.Refuse)));
        Assert.Equal(RootedPathReason.Escapes, Refusal(() => _root.Create("link", FileMode.Create, Plain, Links.Refuse)));
        Assert.Equal(RootedPathReason.Escapes, Refusal(() => _root.OpenRead("round", Links.Follow)));
        Assert.Equal(RootedKind.SymbolicLink, _root.Stat("link", Links.Refuse)!.Kind);
        Assert.Equal(RootedKind.File, _root.Stat("link", Links.Follow)!.Kind);
    }

    [Fact]
    public void Folders_are_made_through_a_link_as_the_root_has_it()
    {
        _root.MakeDirectories("real", Folder, Links.Refuse);
        _root.MakeSymbolicLink("real/up", "/other");
        _root.MakeDirectories("other", Folder, Links.Refuse);

        _root.MakeDirectories("/real/up/x/y", Folder, Links.Follow);

        Assert.True(Directory.Exists(Path.Combine(_inner, "other/x/y")));
        Assert.Equal(RootedPathReason.Escapes, Refusal(() => _root.MakeDirectories("real/up/z", Folder, Links.Refuse)));
        _root.MakeSymbolicLink("nowhere", "gone");
        Assert.Equal(RootedPathReason.NotDirectory, Refusal(() => _root.MakeDirectories("nowhere/z", Folder, Links.Follow)));
    }

    [Fact]
    public async Task A_fifo_is_refused_at_once()
    {
        Assert.Equal(0, MakeFifo(Path.Combine(_inner, "pipe"), 0x1B6));

        Task both = Task.Run(
            () =>
            {
                Assert.Equal(RootedPathReason.NotRegular, Refusal(() => _root.OpenRead("pipe", Links.Follow)));
                Assert.Equal(RootedPathReason.NotRegular, Refusal(() => _root.Create("pipe", FileMode.Create, Plain, Links.Follow)));
            },
            TestContext.Current.CancellationToken);

        await both.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Each_refusal_has_its_reason()
    {
        _root.MakeDirectories("folder", Folder, Links.Refuse);
        Write("file", FileMode.Create, "x");

        Assert.Equal(RootedPathReason.IsDirectory, Refusal(() => _root.OpenRead("folder", Links.Follow)));
        Assert.Equal(RootedPathReason.IsDirectory, Refusal(() => _root.Create("folder", FileMode.Create, Plain, Links.Follow)));
        Assert.Equal(RootedPathReason.IsDirectory, Refusal(() => _root.Create("new/", FileMode.Create, Plain, Links.Follow)));
        Assert.Equal(RootedPathReason.NotDirectory, Refusal(() => _root.OpenRead("file/below", Links.Follow)));
        Assert.Equal(RootedPathReason.NotDirectory, Refusal(() => _root.MakeDirectories("file/below", Folder, Links.Follow)));
        Assert.Equal(RootedPathReason.Exists, Refusal(() => _root.Create("file", FileMode.CreateNew, Plain, Links.Follow)));
        Assert.Equal(RootedPathReason.Exists, Refusal(() => _root.MakeSymbolicLink("file", "x")));
        Assert.Equal(RootedPathReason.Missing, Refusal(() => _root.OpenRead("none", Links.Follow)));
        Assert.Equal(RootedPathReason.Missing, Refusal(() => _root.Create("none", FileMode.Open, Plain, Links.Follow)));
        Assert.Equal(RootedPathReason.Missing, Refusal(() => _root.Create("none/file", FileMode.Create, Plain, Links.Follow)));
        Assert.Equal(RootedPathReason.BadName, Refusal(() => _root.OpenRead("nul\0x", Links.Follow)));
        Assert.Equal(RootedPathReason.BadName, Refusal(() => _root.OpenRead(new string('n', 300), Links.Follow)));
        Assert.Equal(RootedPathReason.BadName, Refusal(() => _root.OpenRead("", Links.Follow)));
        Assert.Null(_root.Stat("none", Links.Follow));
    }

    [Fact]
    public void Appending_and_truncating_do_what_they_say()
    {
        Write("log", FileMode.Append, "one");
        Write("log", FileMode.Append, "two");
        Assert.Equal("onetwo", Read("log"));
        Write("log", FileMode.Create, "3");
        Assert.Equal("3", Read("log"));
        Write("log", FileMode.OpenOrCreate, "");
        Assert.Equal("3", Read("log"));
    }

    [Fact]
    public void Modes_times_links_and_names_are_set_where_they_are()
    {
        Write("file", FileMode.Create, "x");
        _root.MakeHardLink("file", "second");
        _root.SetMode("file", UnixFileMode.UserRead);
        _root.SetTime("second", new DateTimeOffset(2020, 2, 3, 4, 5, 6, TimeSpan.Zero));
        _root.MakeSymbolicLink("link", "file");
        _root.SetTime("link", DateTimeOffset.UnixEpoch.AddSeconds(-1.5));

        RootedEntry entry = _root.Stat("file", Links.Refuse)!;
        Assert.Equal((2, UnixFileMode.UserRead, 1), (entry.Names, entry.Mode, entry.SizeBytes));
        Assert.Equal(new DateTimeOffset(2020, 2, 3, 4, 5, 6, TimeSpan.Zero), entry.Modified);
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(-1.5), _root.Stat("link", Links.Refuse)!.Modified);
        Assert.Throws<RootedPathException>(() => _root.SetMode("link", UnixFileMode.UserWrite));
        Assert.Equal(UnixFileMode.UserRead, _root.Stat("file", Links.Refuse)!.Mode);
        _root.Rename("second", "third");
        Assert.Null(_root.Stat("second", Links.Refuse));
        _root.Remove("third");
        Assert.Equal(RootedPathReason.Missing, Refusal(() => _root.Remove("third")));
    }

    [Fact]
    public void A_tree_is_removed_and_what_its_links_point_to_stays()
    {
        string kept = Path.Combine(_outer, "kept");
        Directory.CreateDirectory(kept);
        File.WriteAllText(Path.Combine(kept, "file"), "x");
        _root.MakeDirectories("tree/closed/deeper", Folder, Links.Refuse);
        Write("tree/closed/deeper/file", FileMode.Create, "x");
        File.CreateSymbolicLink(Path.Combine(_inner, "tree/out"), kept);
        _root.SetMode("tree/closed", UnixFileMode.None);

        _root.RemoveTree("tree");
        _root.RemoveTree("tree");

        Assert.Empty(Directory.GetFileSystemEntries(_inner));
        Assert.True(File.Exists(Path.Combine(kept, "file")));
    }

    [Fact]
    public void A_tree_deeper_than_any_path_is_counted_as_too_much_and_removed()
    {
        RootedDirectory at = _root.OpenDirectory(".", Links.Refuse);
        for (int depth = 0; depth < 3000; depth++)
        {
            at.MakeDirectories("dd", Folder, Links.Refuse);
            RootedDirectory below = at.OpenDirectory("dd", Links.Refuse);
            at.Dispose();
            at = below;
        }

        at.Dispose();

        Assert.True(_root.Measure(new TreeSize(1 << 30, 1 << 20)).Files > 1 << 20);
        _root.RemoveTree("dd");
        Assert.Empty(Directory.GetFileSystemEntries(_inner));
    }

    [Fact]
    public void A_tree_is_measured_with_names_of_any_bytes()
    {
        Write("big", FileMode.Create, new string('x', 100_000));
        _root.MakeDirectories("folder", Folder, Links.Refuse);
        _root.MakeSymbolicLink("folder/link", "nowhere");
        byte[] odd = [.. Encoding.UTF8.GetBytes(Path.Combine(_inner, "folder") + "/"), 0xFF, 0xFE, 0];
        Assert.Equal(0, MakeFifo(odd, 0x1B6));

        TreeSize size = _root.Measure(new TreeSize(long.MaxValue, long.MaxValue));

        Assert.Equal(4, size.Files);
        Assert.InRange(size.Bytes, 100_000, 200_000);
        Assert.Equal(2, _root.Measure(new TreeSize(long.MaxValue, 1)).Files);
        _root.RemoveTree("folder");
        Assert.Equal(["big"], Directory.GetFileSystemEntries(_inner).Select(Path.GetFileName));
    }

    [Fact]
    public void The_bytes_of_a_file_of_several_names_count_once()
    {
        Write("big", FileMode.Create, new string('x', 100_000));
        for (int i = 0; i < 10; i++)
        {
            _root.MakeHardLink("big", $"again{i}");
        }

        TreeSize size = _root.Measure(new TreeSize(long.MaxValue, long.MaxValue));

        Assert.Equal(11, size.Files);
        Assert.InRange(size.Bytes, 100_000, 200_000);
    }

    [Fact]
    public async Task A_name_that_turns_into_a_link_and_back_never_leads_out()
    {
        File.WriteAllText(Path.Combine(_inner, "real"), "inside");
        using var stopping = new CancellationTokenSource();
        (string name, string next) = (Path.Combine(_inner, "name"), Path.Combine(_inner, "next"));
        Task swapping = Task.Run(
            () =>
            {
                while (!stopping.IsCancellationRequested)
                {
                    File.CreateSymbolicLink(next, Path.Combine(_outer, "secret"));
                    File.Move(next, name, overwrite: true);
                    File.Copy(Path.Combine(_inner, "real"), next);
                    File.Move(next, name, overwrite: true);
                }
            },
            TestContext.Current.CancellationToken);

        var met = new HashSet<string>();
        for (int look = 0; look < 20_000 || !(met.Contains("inside") && met.Contains("Missing")); look++)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            try
            {
                met.Add(Read("./../name"));
            }
            catch (RootedPathException refused)
            {
                met.Add(refused.Reason.ToString());
            }

            try
            {
                met.Add(Read("name"));
            }
            catch (RootedPathException refused)
            {
                met.Add(refused.Reason.ToString());
            }
        }

        await stopping.CancelAsync();
        await swapping;

        Assert.DoesNotContain("outside", met);
        Assert.Subset(new HashSet<string>(["inside", "", "Missing"]), met);
    }

    [Fact]
    public void Descriptors_are_closed_when_a_command_starts()
    {
        Write("file", FileMode.Create, "x");
        using SafeFileHandle file = _root.OpenRead("file", Links.Follow);

        foreach (SafeFileHandle handle in (SafeFileHandle[])[_root.Handle, file])
        {
            string flags = File.ReadLines($"/proc/self/fdinfo/{handle.DangerousGetHandle()}").First(line => line.StartsWith("flags:", StringComparison.Ordinal));
            Assert.NotEqual(0, Convert.ToInt32(flags["flags:".Length..].Trim(), 8) & 0x80000);
        }
    }

    private static RootedPathReason Refusal(Action what) => Assert.Throws<RootedPathException>(what).Reason;

    private static RootedPathReason Refusal(Func<SafeFileHandle> what) => Assert.Throws<RootedPathException>(what).Reason;

    private string Read(string path)
    {
        using SafeFileHandle file = _root.OpenRead(path, Links.Follow);
        using var reader = new StreamReader(new FileStream(file, FileAccess.Read));
        return reader.ReadToEnd();
    }

    private void Write(string path, FileMode mode, string content, UnixFileMode permissions = Plain)
    {
        using SafeFileHandle file = _root.Create(path, mode, permissions, Links.Follow);
        using var writer = new FileStream(file, FileAccess.Write);
        writer.Write(Encoding.UTF8.GetBytes(content));
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFifo(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "mkfifo")]
    private static partial int MakeFifo(ReadOnlySpan<byte> path, uint mode);
}
