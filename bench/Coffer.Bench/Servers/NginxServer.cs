using System.Globalization;
using Coffer.Bench.Machine;

namespace Coffer.Bench.Servers;

/// <summary>Debian's nginx with two workers, serving <c>www</c> below a folder.</summary>
internal sealed class NginxServer : ServerProcess
{
    private readonly int _port;

    private NginxServer(string folder, string configuration, int port)
        : base(Path.Combine(folder, "output.log"), ["nginx", "-p", folder, "-c", configuration], new Dictionary<string, string>()) =>
        _port = port;

    public override string Name => "nginx";

    public override int Port => _port;

    public override IReadOnlyList<int> Workers => ProcFs.ChildrenOf(Pid);

    public static NginxServer Start(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "www"));
        int port = FreePort();
        string configuration = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(configuration, File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Servers", "nginx.conf"))
            .Replace("{root}", folder, StringComparison.Ordinal)
            .Replace("{port}", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{user}", Environment.IsPrivilegedProcess ? "user root;" : "", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(folder, "www", "ready"), "ready");
        var server = new NginxServer(folder, configuration, port);
        try
        {
            server.WaitFor("/ready", TimeSpan.FromSeconds(10));
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }
}
