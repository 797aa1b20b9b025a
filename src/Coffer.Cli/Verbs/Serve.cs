using Coffer.Server;
using Coffer.Server.Configuration;

namespace Coffer.Cli.Verbs;

/// <summary>Starts the server and stays until it ends. The only file of the command that knows the server's insides.</summary>
internal static class Serve
{
    /// <param name="flags">By flag name with its dashes; null values were not given.</param>
    public static async Task<int> RunAsync(IReadOnlyDictionary<string, string?> flags, CancellationToken cancellationToken)
    {
        var options = CofferOptions.Load(flags, Environment.GetEnvironmentVariable);
        await CofferServer.RunAsync(CofferServer.Build(options), cancellationToken);
        return ExitCodes.Done;
    }
}
