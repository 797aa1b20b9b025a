using System.Reflection;
using Coffer.Catalog.Sqlite;
using Coffer.LocalFiles;
using Coffer.Server;
using Coffer.Server.Configuration;
using Microsoft.AspNetCore.Http;

namespace Coffer.Cli.Verbs;

/// <summary>Starts the server and stays until it ends. The only file of the command that knows the server's insides.</summary>
internal static class Serve
{
    /// <param name="flags">Settings given on the command line, by flag name with its dashes.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyDictionary<string, string?> flags, CancellationToken cancellationToken)
    {
        UnixFileMode usual = OwnerOnly.FromNowOn();
        try
        {
            CofferOptions options = CofferOptions.Load(flags, Environment.GetEnvironmentVariable);
            await using RunningServer server = await RunningServer.StartAsync(options, cancellationToken);
            OpenSockets(options, usual);
            if (!Console.IsErrorRedirected)
            {
                await Console.Error.WriteAsync(Greeting(server));
            }

            return await server.WaitForEndAsync(Console.IsErrorRedirected ? null : Console.Error.WriteLine, cancellationToken);
        }
        catch (Exception refused) when (refused is ConfigurationException or DataFolderException or ListenException or SqliteCatalogException)
        {
            await Console.Error.WriteLineAsync($"coffer: {refused.Message}");
            return refused is ConfigurationException ? ExitCodes.Usage : ExitCodes.Failed;
        }
    }

    /// <summary>A socket is there for others: a proxy of the same group gets in when the umask was set for that.</summary>
    private static void OpenSockets(CofferOptions options, UnixFileMode mode)
    {
        foreach (BindingAddress socket in options.Urls.Where(static url => url.IsUnixPipe))
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(socket.UnixPipePath, mode);
            }
        }
    }

    /// <summary>What a person needs next, and nothing else.</summary>
    private static string Greeting(RunningServer server)
    {
        string version = typeof(Serve).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        string kept = $"kept in {server.CredentialsPath}";
        string key = server.KeyToShow ?? kept;
        return $"""
            Coffer {version} is ready.

              address  {server.Url}
              data     {server.DataFolder} ({server.Engines})
              key      {key}{(server.KeyToShow is null ? "" : $"  (shown this once; {kept})")}

            Store a file, from another terminal:
              echo 'Hello, world!' | {Command(server)} put - --name hello.txt

            Use Runloop's clients with it:
              export RUNLOOP_BASE_URL={server.Url}
              export RUNLOOP_API_KEY={server.KeyToShow ?? $"…   # api_key in {server.CredentialsPath}"}

            Use Supabase's storage clients with it:
              URL       {server.Url}/storage/v1
              anon key  {server.AnonKey ?? "none: coffer key create --right anon makes one"}
              service   the key above, for trusted programs only


            """;
    }

    /// <summary>How to call this command again, from any folder: by name where that finds it.</summary>
    private static string Command(RunningServer server)
    {
        string path = Environment.ProcessPath ?? "coffer";
        if (Path.GetFileNameWithoutExtension(path) == "dotnet")
        {
            // Started as `dotnet coffer.dll serve`: the process is the runtime's, and calls for the program's file.
            bool isFound = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
                .Any(static folder => File.Exists(Path.Combine(folder, "dotnet")));
            string runtime = isFound ? "dotnet" : Quoted(path);
            return $"{runtime} {Quoted(Path.Combine(AppContext.BaseDirectory, "coffer.dll"))} --data {Quoted(server.DataFolder)}";
        }

        bool isOnPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => string.Equals(Path.Combine(folder, "coffer"), path, StringComparison.Ordinal));
        return $"{(isOnPath ? "coffer" : Quoted(path))} --data {Quoted(server.DataFolder)}";
    }

    private static string Quoted(string path) =>
        path.All(character => char.IsAsciiLetterOrDigit(character) || "/._-+@".Contains(character, StringComparison.Ordinal))
            ? path
            : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
