using Coffer.Catalog.Sqlite;
using Coffer.LocalFiles;
using Coffer.Server;
using Coffer.Server.Configuration;

// `coffer serve` again and again in one process, for tests that start thousands of servers and wait for code that is compiled
// already. Each line "serve" on the standard input starts one, the next line ends it. What became of it is said on the output:
// "serving" and, when it has ended and everything is closed, "ended" with its exit code; or "refused" with the reason.
OwnerOnly.FromNowOn();
while (Console.In.ReadLine() == "serve")
{
    using var stop = new CancellationTokenSource();
    Task? told = null;
    try
    {
        CofferOptions options = CofferOptions.Load(new Dictionary<string, string?>(StringComparer.Ordinal), Environment.GetEnvironmentVariable);
        int exitCode;
        await using (RunningServer server = await RunningServer.StartAsync(options, CancellationToken.None))
        {
            Say("serving");
            told = Task.Run(() =>
            {
                Console.In.ReadLine();
                stop.Cancel();
            });
            exitCode = await server.WaitForEndAsync(tell: null, stop.Token);
        }

        Say($"ended {exitCode}");
    }
    catch (Exception refused) when (
        told is null && refused is ConfigurationException or DataFolderException or ListenException or SqliteCatalogException)
    {
        Say($"refused {refused.Message.ReplaceLineEndings(" ")}");
    }

    await (told ?? Task.CompletedTask);
}

static void Say(string line)
{
    Console.Out.WriteLine(line);
    Console.Out.Flush();
}
