namespace Coffer.Cli.Input;

/// <summary>The question before something goes for good.</summary>
internal static class Confirmation
{
    /// <summary>Returns when the answer is yes, or <c>--yes</c> was given.</summary>
    /// <param name="question">Without what may be answered.</param>
    /// <param name="advice">What to do where nobody can answer.</param>
    /// <exception cref="UsageException">Nobody can answer.</exception>
    /// <exception cref="RefusedException">The answer is no.</exception>
    public static async Task AskAsync(Session session, bool yes, string question, string advice)
    {
        if (yes)
        {
            return;
        }

        ThrowIfNobodyAnswers(yes, advice);
        await Console.Error.WriteAsync($"{question} [y/N] ");
        string? answer = await Task.Run(Console.ReadLine, CancellationToken.None).WaitAsync(session.Cancelled);
        if (answer?.Trim().ToUpperInvariant() is not ("Y" or "YES"))
        {
            throw new RefusedException("nothing was deleted; answer y, or add --yes");
        }
    }

    /// <summary>Says so before any work is done.</summary>
    public static void ThrowIfNobodyAnswers(bool yes, string advice)
    {
        if (!yes && Console.IsInputRedirected)
        {
            throw new UsageException(advice);
        }
    }
}
