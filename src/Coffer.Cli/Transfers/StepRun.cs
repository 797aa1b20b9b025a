using Coffer.Cli.Output;

namespace Coffer.Cli.Transfers;

/// <summary>Carries steps out, several at once, with bars on a terminal; what is done is printed as it gets done.</summary>
internal static class StepRun
{
    /// <summary>So many small files keep a server busy, and so few large ones still have a bar each.</summary>
    public const int AtOnce = 8;

    /// <param name="atOnce">How many steps run at the same time.</param>
    /// <returns>How many steps were done, how many left things as they were, how many failed.</returns>
    public static async Task<(int Done, int Left, int Failed)> RunAsync(
        Session session, IReadOnlyList<Transfer> steps, int atOnce, ResultList<Step> results)
    {
        int done = 0;
        int left = 0;
        int small = steps.Count(static step => step.SizeBytes < TransferBars.WorthwhileBytes);
        var oneByOne = new Lock();
        await TransferBars.RunAsync(
            session.Out.CanDraw && TransferBars.AreWorthwhile(steps.Count, small),
            small,
            "small files",
            bars => session.InParallelAsync(steps, atOnce, static step => step.Name, async (step, cancellationToken) =>
            {
                bool isDone = false;
                await bars.TransferAsync(
                    Path.GetFileName(step.Name), step.SizeBytes, async progress => isDone = await step.RunAsync(progress, cancellationToken));
                lock (oneByOne)
                {
                    if (isDone)
                    {
                        done++;
                        results.Add(step);
                    }
                    else
                    {
                        left++;
                    }
                }
            }));
        return (done, left, steps.Count - done - left);
    }
}
