using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Hosting;

/// <summary>The data folder holds other people's files and the secrets that guard them: other users of the machine get at none.</summary>
public sealed class FileModeTests
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private static readonly UnixFileMode ForEverybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | Others;

    [Fact]
    public async Task A_folder_that_everybody_can_enter_shows_them_nothing()
    {
        await using CofferProcess server = CofferProcess.Make(WithUmask("0022"));
        Directory.CreateDirectory(server.Data); // as a volume is mounted
        File.SetUnixFileMode(server.Data, ForEverybody);

        await server.StartAgainAsync();
        await server.Api.StoreAsync("inline");
        await server.Api.StoreAsync(Bytes.Random(Bytes.OneFile), new { name = "a", content_type = "binary" });

        string[] made = Directory.GetFileSystemEntries(server.Data, "*", SearchOption.AllDirectories);
        Assert.Contains(Path.Combine(server.Data, "catalog.db-wal"), made);
        Assert.Contains(Path.Combine(server.Data, "credentials.json"), made);
        Assert.DoesNotContain(made, path => (File.GetUnixFileMode(path) & Others) != UnixFileMode.None);
    }

    [Fact]
    public async Task What_an_earlier_start_left_open_to_everybody_is_narrowed()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();
        await server.Api.StoreAsync();
        await server.KillAsync();
        string[] paths =
        [
            .. ((string[])["catalog.db", "catalog.db-wal", "catalog.db-shm", "credentials.json", "blobs", "staging"])
                .Select(name => Path.Combine(server.Data, name)),
        ];
        foreach (string path in paths)
        {
            File.SetUnixFileMode(path, ForEverybody);
        }

        await server.StartAgainAsync();

        Assert.DoesNotContain(paths, path => (File.GetUnixFileMode(path) & Others) != UnixFileMode.None);
    }

    [Fact]
    public async Task A_socket_has_the_mode_that_the_umask_gives_it()
    {
        await using CofferProcess server = CofferProcess.Make(WithUmask("0007"));
        string socket = Path.Combine(server.Folder, "socket");

        await server.StartAgainAsync(("COFFER_URLS", $"http://127.0.0.1:{server.Port};http://unix:{socket}"));

        Assert.Equal(ForEverybody & ~(UnixFileMode)0b111, File.GetUnixFileMode(socket));
    }

    private static ServerSetup WithUmask(string mask) => new() { Wrapper = ["sh", "-c", $"umask {mask}; exec \"$@\"", "sh"] };
}
