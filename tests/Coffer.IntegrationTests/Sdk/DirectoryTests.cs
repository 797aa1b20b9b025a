using Coffer.Client;
using Coffer.ClientTests.Serving;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Sdk;

/// <summary>A directory goes up, comes down, and is unpacked by the machine's own tar.</summary>
public sealed class DirectoryTests(SharedServer server)
{
    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_directory_comes_back_with_its_modes_links_and_empty_folders(bool async)
    {
        using CofferClient coffer = SdkClient.For(server.Api);
        using var folder = new TemporaryFolder();
        string site = Path.Combine(folder.Path, "site");
        folder.Write("site/index.html", "<p>hello");
        folder.Write("site/.hidden/grüße 🎉.txt", "grüß");
        folder.Write("site/empty.txt");
        folder.Write("site/large.bin", Bytes.Random(3_000_000));
        folder.Write($"site/deep/{new string('d', 120)}/{new string('n', 150)}.txt", "a long path");
        Directory.CreateDirectory(Path.Combine(site, "nothing/within"));
        string script = folder.Write("site/run.sh", "#!/bin/sh\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute);
        File.SetUnixFileMode(Path.Combine(site, ".hidden"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.SetLastWriteTimeUtc(script, new DateTime(2024, 1, 15, 12, 0, 1, DateTimeKind.Utc));
        File.CreateSymbolicLink(Path.Combine(site, "link"), "deep/../index.html");
        File.CreateSymbolicLink(Path.Combine(site, "dangling"), "../not/there");
        Directory.CreateSymbolicLink(Path.Combine(site, "folder"), "nothing");

        StorageObject stored = await Twin.Run(
            async, () => coffer.StorageObjects.UploadFromDirectoryAsync(site), () => coffer.StorageObjects.UploadFromDirectory(site));

        ObjectView view = await stored.GetInfoAsync();
        Assert.Equal(("site.tar.gz", "tgz"), (view.Name, view.ContentType.Value));
        Assert.Equal(Tree(site), await UnpackedAsync(stored, folder));
        Assert.Equal(view.SizeBytes, (await (await coffer.StorageObjects.UploadFromDirectoryAsync(site)).GetInfoAsync()).SizeBytes);
    }

    [Fact]
    public async Task What_is_ignored_does_not_come_back()
    {
        using CofferClient coffer = SdkClient.For(server.Api);
        using var folder = new TemporaryFolder();
        string site = Path.Combine(folder.Path, "site");
        foreach (string file in new[] { "a.txt", "a.log", "keep.log", "sub/b.log", "sub/b.txt", "node_modules/m/index.js", "secret/key" })
        {
            folder.Write("site/" + file, file);
        }

        folder.Write("site/.dockerignore", "secret\n");
        StorageObject stored = await coffer.StorageObjects.UploadFromDirectoryAsync(site, "s.tgz", new()
        {
            IgnorePatterns = ["node_modules", "**/*.log", "!keep.log"],
            UseDockerIgnore = true,
            Ignore = entry => entry.Path == "sub/b.txt",
        });

        string[] paths = [.. (await UnpackedAsync(stored, folder)).Select(line => line.Split('|')[0])];
        Assert.Equal(["a.txt", "keep.log", "sub"], paths);
    }

    private static async Task<string[]> UnpackedAsync(StorageObject stored, TemporaryFolder folder)
    {
        string archive = Path.Combine(folder.Path, "archive.tar.gz");
        string unpacked = Directory.CreateDirectory(Path.Combine(folder.Path, "unpacked")).FullName;
        await stored.DownloadToFileAsync(archive);
        RunCommand.Ended tar = await RunCommand.RunAsync("tar", ["-xpzf", archive, "-C", unpacked]);
        Assert.True(tar.ExitCode == 0, tar.Errors);
        return Tree(unpacked);
    }

    /// <summary>Each entry below a directory with what is to be kept of it.</summary>
    private static string[] Tree(string root) =>
    [
        .. from entry in new DirectoryInfo(root).EnumerateFileSystemInfos("*", new EnumerationOptions
           {
               RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None,
           })
           where !Path.GetRelativePath(root, entry.FullName).StartsWith("folder/", StringComparison.Ordinal) // through a link
           orderby entry.FullName[root.Length..]
           let content = entry is FileInfo { LinkTarget: null } file
               ? Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file.FullName)))
               : ""
           let time = entry.LinkTarget is null ? $"{entry.LastWriteTimeUtc:O}"[..19] : ""
           select $"{Path.GetRelativePath(root, entry.FullName)}|{entry.LinkTarget}|{(entry.LinkTarget is null ? entry.UnixFileMode : UnixFileMode.None)}|{time}|{content}",
    ];
}
