using System.CommandLine;
using Coffer.Cli.Output;

namespace Coffer.Cli;

/// <summary>One verb of the command, with lines to copy for its help.</summary>
internal sealed class Verb(string name, string description, params string[] examples) : Command(name, description)
{
    public string[] Examples => examples;

    /// <summary>Options of every verb that this one has no use for: refused, with these words, and left out of its help.</summary>
    public IReadOnlyDictionary<Option, string> Without
    {
        get;
        init
        {
            field = value;
            Validators.Add(result =>
            {
                foreach ((Option option, string refusal) in value)
                {
                    if (result.GetResult(option) is { Implicit: false })
                    {
                        result.AddError(refusal);
                    }
                }
            });
        }
    } = new Dictionary<Option, string>();

    /// <summary>Says what the verb does, and wraps it in what all verbs have in common: a session, and errors as one line.</summary>
    public Verb Runs(Func<Session, Task> work)
    {
        SetAction(async (parsed, cancellationToken) =>
        {
            using var session = new Session(parsed, cancellationToken);
            try
            {
                await work(session);
                session.Out.Flush();
            }
#pragma warning disable CA1031 // whatever it was, a user gets one line and an exit code
            catch (Exception failure)
#pragma warning restore CA1031
            {
                session.Fail(failure);
            }

            return session.ExitCode;
        });
        return this;
    }
}
