using System.CommandLine;
using Coffer.Cli.Output;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer devbox exec DEVBOX -- COMMAND</c>: runs a command in a devbox, shows what it writes, and ends as it ends.</summary>
/// <remarks>Ctrl-C ends the command, too: nobody would be left who knows of it.</remarks>
internal static class DevboxExec
{
    private static readonly TimeSpan KillTime = TimeSpan.FromSeconds(5);

    public static Command Command()
    {
        Argument<string> devbox = DevboxVerb.Id();
        var words = new Argument<string[]>("command")
        {
            Description = "What the shell in the devbox gets: one word as it is, several so that each arrives as one word.", Arity = ArgumentArity.OneOrMore,
        };
        var verb = new Verb(
            "exec",
            "Run a command in a devbox; ends with its exit code.",
            "coffer devbox exec dbx_… -- ls -l /home/user",
            "coffer devbox exec dbx_… 'make test 2>&1 | tail -n 20'")
        {
            devbox, words,
        };
        return verb.Runs(session => RunAsync(session, session.Value(devbox), LineOf(session.Value(words))));
    }

    private static async Task RunAsync(Session session, string id, string command)
    {
        // Not to be broken off: a command of which the answer is not heard would run on.
        Execution execution = await session.Client.Devboxes.FromId(id).Cmd.StartAsync(command, cancellationToken: CancellationToken.None);
        try
        {
            if (!session.Out.IsJson)
            {
                using var stop = CancellationTokenSource.CreateLinkedTokenSource(session.Cancelled);
                await Task.WhenAll(
                    ShowAsync(execution.StreamStdoutAsync(cancellationToken: stop.Token), session.Out.WriteNow, stop),
                    ShowAsync(execution.StreamStderrAsync(cancellationToken: stop.Token), Console.Error.Write, stop));
            }

            ExecutionResult result = await execution.WaitAsync(cancellationToken: session.Cancelled);
            if (session.Out.IsJson)
            {
                string output = await result.StdoutAsync(cancellationToken: session.Cancelled);
                string errors = await result.StderrAsync(cancellationToken: session.Cancelled);
                session.Out.One(bare: null, [], json => JsonShapes.Write(json, result.View, output, errors));
            }

            session.EndAs(result.ExitCode);
        }
        catch (Exception failure) when (session.Cancelled.IsCancellationRequested)
        {
            if (await TryKillAsync(session, execution))
            {
                throw new CommandEndedException(failure);
            }

            throw;
        }
        catch (ClosedPipeException)
        {
            await TryKillAsync(session, execution); // as a pipe ends what writes into it
            throw;
        }
    }

    private static async Task ShowAsync(IAsyncEnumerable<string> pieces, Action<string> show, CancellationTokenSource stop)
    {
        try
        {
            await foreach (string piece in pieces)
            {
                show(piece);
            }
        }
        catch
        {
            await stop.CancelAsync(); // the other stream says nothing that anybody needs
            throw;
        }
    }

    /// <returns>False when it may run on, which was said then.</returns>
    private static async Task<bool> TryKillAsync(Session session, Execution execution)
    {
        using var enough = new CancellationTokenSource(KillTime);
        try
        {
            await execution.KillAsync(cancellationToken: enough.Token);
            return true;
        }
        catch (Exception failure) when (failure is CofferException or OperationCanceledException)
        {
            session.Warn($"the command {execution.Id} could not be ended and may run on; `coffer devbox shutdown {execution.DevboxId}` ends the devbox", "left_running");
            return false;
        }
    }

    /// <summary>Several words as a shell reads them back: each in quotes, those inside it taken out of them.</summary>
    private static string LineOf(string[] words) =>
        words is [var line] ? line : string.Join(' ', words.Select(static word => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'"));
}
