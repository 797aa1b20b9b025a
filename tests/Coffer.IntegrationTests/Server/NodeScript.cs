namespace Coffer.IntegrationTests.Server;

/// <summary>Runs a script of tests/node against a server; what it asserts, it asserts itself.</summary>
internal static class NodeScript
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "node");
    private static readonly string[] Packages =
        ["@runloop/api-client", "runloop-api-client-1.28", "@supabase/storage-js", "@supabase/supabase-js", "tus-js-client", "playwright-core"];

    public static Task RunAsync(string script, CofferProcess server, string? key, params string[] arguments) =>
        RunAsync(script, server, key, arguments, []);

    /// <param name="environment">Further variables of the script; null removes one.</param>
    public static async Task RunAsync(
        string script, CofferProcess server, string? key, string[] arguments, params (string Name, string? Value)[] environment)
    {
        string? node = RunCommand.Find("node");
        Assert.SkipUnless(node is not null, "node is not installed: apt-get install nodejs npm");
        Assert.SkipUnless(
            Packages.All(package => Directory.Exists(Path.Combine(Folder, "node_modules", package))),
            "the npm packages are not installed: npm ci --prefix tests/node");

        RunCommand.Ended ended = await RunCommand.RunAsync(
            node!, [Path.Combine(Folder, script), .. arguments], Folder,
            [("RUNLOOP_BASE_URL", server.BaseUrl.ToString().TrimEnd('/')), ("RUNLOOP_API_KEY", key), ("RUNLOOP_CUSTOM_HEADERS", null), .. environment]);

        Assert.True(ended.ExitCode == 0, $"{script} ended with {ended.ExitCode}:\n{ended.Errors}\n{ended.Text}");
    }
}
