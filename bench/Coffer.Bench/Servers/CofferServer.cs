namespace Coffer.Bench.Servers;

/// <summary>The published server with default settings: only where it is, the key, and the secret of users' tokens are given.</summary>
internal sealed class CofferServer : ServerProcess
{
    public const string Key = "benchmark-key-of-forty-characters-length";
    public const string JwtSecret = "benchmark-secret-that-signs-the-tokens-of-users";
    private readonly int _port;

    private CofferServer(string program, string folder, int port, params (string Name, string Value)[] settings)
        : base(folder + ".log", [program, "serve"], new Dictionary<string, string>(settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value)))
        {
            ["COFFER_DATA"] = folder,
            ["COFFER_URLS"] = $"http://127.0.0.1:{port}",
            ["COFFER_API_KEY"] = Key,
            ["COFFER_JWT_SECRET"] = JwtSecret,
        }) => _port = port;

    public override string Name => "Coffer";

    public override int Port => _port;

    public TimeSpan StartTime { get; private set; }

    /// <param name="settings">What is not as it is by itself.</param>
    public static CofferServer Start(Setup setup, string folder, params (string Name, string Value)[] settings)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        var server = new CofferServer(setup.CofferProgram, folder, FreePort(), settings);
        try
        {
            server.StartTime = server.WaitFor("/healthz", TimeSpan.FromMinutes(5));
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Holds a round to the rule that each request has a line in the log.</summary>
    /// <exception cref="InvalidRunException">There are fewer lines since the log was last read.</exception>
    public void RequireLogged(long requests)
    {
        long logged = TakeLoggedRequests();
        if (logged < requests)
        {
            throw new InvalidRunException($"the request log has {logged} lines for {requests} requests");
        }
    }

    /// <summary>Request lines written since the last call; the log is then emptied, so that it does not fill the disk.</summary>
    public long TakeLoggedRequests()
    {
        Thread.Sleep(200); // lines are written in the background
        long lines = 0;
        using (var log = new FileStream(LogPath, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            byte[] buffer = new byte[1 << 20];
            int read;
            while ((read = log.Read(buffer)) > 0)
            {
                lines += buffer.AsSpan(0, read).Count((byte)'\n');
            }

            log.SetLength(0); // the server appends, so it goes on from the new end
        }

        return lines;
    }
}
