using System.CommandLine;
using Coffer.Cli.Output;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer devbox ls</c>: the devboxes that run or are being made; with <c>--all</c> those that have ended, too.</summary>
internal static class DevboxLs
{
    public static Command Command()
    {
        var all = new Option<bool>("--all") { Description = "Those that have ended in the last 30 days, too." };
        var verb = new Verb("ls", "List devboxes that run, newest first.", "coffer devbox ls", "coffer devbox ls --all --json | jq -r '.[].status'")
        {
            all,
        };
        return verb.Runs(async session =>
        {
            DevboxStatus?[] wanted = session.Value(all) ? [null] : [DevboxStatus.Provisioning, DevboxStatus.Running];
            bool isEmpty = true;
            using (ResultList<DevboxView> list = session.Out.List(Shapes.Devboxes))
            {
                foreach (DevboxStatus? status in wanted)
                {
                    await foreach (DevboxView view in session.Client.Devboxes.ListAllAsync(
                        new DevboxListRequest { Status = status, IncludeTotalCount = false }, cancellationToken: session.Cancelled))
                    {
                        list.Add(view);
                        isEmpty = false;
                    }
                }

                list.Complete();
            }

            if (isEmpty)
            {
                session.Hint("There is none; `coffer devbox create` makes one.");
            }
        });
    }
}
