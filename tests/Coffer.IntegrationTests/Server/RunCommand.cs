using System.Diagnostics;
using System.Text;

namespace Coffer.IntegrationTests.Server;

/// <summary>Runs a program of this machine to its end.</summary>
internal static class RunCommand
{
    public sealed record Ended(int ExitCode, byte[] Output, string Errors)
    {
        public string Text => Encoding.UTF8.GetString(Output);
    }

    /// <summary>Where a program is; null when the machine does not have it.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(directory => Path.Combine(directory, program))
            .FirstOrDefault(File.Exists);

    public static async Task<Ended> RunAsync(
        string program, IEnumerable<string> arguments, string? directory = null, params (string Name, string? Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory ?? "",
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(name => name.EndsWith("_proxy", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name); // the server is on this machine
        }

        foreach ((string name, string? value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
            using var output = new MemoryStream();
            Task<string> errors = process.StandardError.ReadToEndAsync(patience.Token);
            await process.StandardOutput.BaseStream.CopyToAsync(output, patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return new Ended(process.ExitCode, output.ToArray(), await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
