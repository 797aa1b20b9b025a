using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Devboxes;

/// <summary>Archives made by the programs that people use, mounted, and looked at by a command inside.</summary>
public sealed class RealArchiveTests(CommandTests.ExecServer server) : IClassFixture<CommandTests.ExecServer>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("coffer-real-").FullName;

    private Api Api => server.Api;

    /// <summary>Long names, links, holes, modes, times, odd names.</summary>
    private const string MakeTree = """
        set -e; mkdir -p tree/folder/below tree/empty; cd tree
        echo one > file1.txt; echo two > folder/below/file2.txt; : > nothing
        printf '#!/bin/sh\necho runs\n' > run.sh; chmod 755 run.sh; chmod 600 file1.txt
        ln -s folder/below/file2.txt link; ln -s missing dangling; ln file1.txt second-name
        truncate -s 3M sparse; printf data | dd of=sparse bs=1 seek=1500000 conv=notrunc status=none
        head -c 300000 /dev/urandom > random
        long=$(printf 'n%.0s' $(seq 200)); deep=$(printf 'deep-folder/%.0s' $(seq 20)); mkdir -p "$deep"; echo long > "$deep$long"; ln -s "$deep$long" long-link
        echo odd > 'blank and "quote" ü 🎉'; echo dash > -dash; touch -d 2001-02-03T04:05:06 file1.txt
        """;

    private const string Look = """
        find . -mindepth 1 \( -type d -printf '%P %y %m\n' -o -type l -printf '%P %y %l\n' -o -printf '%P %y %m %s %Ts\n' \) | LC_ALL=C sort
        find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
        """;

    [Theory]
    [InlineData("tar -cf a.tar --format=gnu -C tree .")]
    [InlineData("tar -cf a.tar --format=posix -C tree .")]
    [InlineData("tar -cf a.tar --format=oldgnu -C tree .")]
    [InlineData("tar -cf a.tar --format=gnu --sparse -C tree .")]
    [InlineData("tar -cf a.tar --format=posix --sparse --sparse-version=0.0 -C tree .")]
    [InlineData("tar -cf a.tar --format=posix --sparse --sparse-version=0.1 -C tree .")]
    [InlineData("tar -cf a.tar --format=posix --sparse --sparse-version=1.0 -C tree .")]
    [InlineData("tar -czf a.tar.gz -C tree .")]
    [InlineData("tar -cf a.tar -C tree . && gzip -9 a.tar")]
    [InlineData("tar -cf all -C tree . && for n in 0 1 2 3; do tail -c +$((n * 400000 + 1)) all | head -c 400000 | gzip; done > a.tgz && tail -c +1600001 all | gzip -1 >> a.tgz")] // many members
    [InlineData("python3 -c \"import tarfile; a = tarfile.open('a.tar', 'w', format=tarfile.GNU_FORMAT); a.add('tree', '.'); a.close()\"")]
    [InlineData("python3 -c \"import tarfile; a = tarfile.open('a.tgz', 'w:gz', format=tarfile.PAX_FORMAT); a.add('tree', '.'); a.close()\"")]
    [InlineData("python3 -c \"import tarfile; a = tarfile.open('a.tar.gz', 'w:gz'); a.add('tree', '.'); a.close()\"")]
    public async Task A_command_finds_what_was_packed(string pack)
    {
        Assert.SkipWhen(pack.StartsWith("python3", StringComparison.Ordinal) && RunCommand.Find("python3") is null, "python3 is not installed");
        await ShellAsync(MakeTree);
        await ShellAsync(pack);
        string archive = Assert.Single(Directory.EnumerateFiles(_folder, "a.*"));
        string id = await Api.NewBoxAsync((
            await Api.StoreAsync(await File.ReadAllBytesAsync(archive, TestContext.Current.CancellationToken), Path.GetFileName(archive), "unspecified"), "/m"));

        string found = await Api.OutputAsync(id, $"cd /m && {Look}");

        Assert.Equal(await ShellAsync($"cd tree && {Look}"), found);
        Assert.Equal("runs\n", await Api.OutputAsync(id, "/m/run.sh"));
        Assert.Equal("odd\n", await Api.TextAsync(id, "/m/blank and \"quote\" ü 🎉"));
        Assert.Equal("long\n", await Api.TextAsync(id, "/m/long-link"));
        Assert.Equal("user user\n", await Api.OutputAsync(id, "find /m -printf '%u %g\\n' | sed s/1000/user/g | sort -u"));
        (await Api.ShutdownAsync(id)).Expect(200);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<string> ShellAsync(string command)
    {
        RunCommand.Ended ended = await RunCommand.RunAsync("bash", ["-c", command], _folder);
        Assert.True(ended.ExitCode == 0, $"{command}: {ended.Errors}");
        return ended.Text;
    }
}
