using System.Runtime.CompilerServices;

namespace Coffer.Client;

public partial class DevboxesClient
{
    /// <summary>Walks through every devbox that matches, newest first, fetching a page whenever the last is used up.</summary>
    /// <param name="request">
    /// Filter, where to begin and the size of a page (not of the walk); null for everything. The total is only counted when asked for.
    /// </param>
    /// <param name="options">What each of the calls does differently.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    public virtual async IAsyncEnumerable<DevboxView> ListAllAsync(
        DevboxListRequest? request = null, RequestOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (DevboxListRequest? next = FirstPage(request); next is not null;)
        {
            DevboxPage page = await ListAsync(next, options, cancellationToken).ConfigureAwait(false);
            foreach (DevboxView view in page.Devboxes)
            {
                yield return view;
            }

            next = PageAfter(page, next);
        }
    }

    /// <inheritdoc cref="ListAllAsync"/>
    public virtual IEnumerable<DevboxView> ListAll(
        DevboxListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        for (DevboxListRequest? next = FirstPage(request); next is not null;)
        {
            DevboxPage page = List(next, options, cancellationToken);
            foreach (DevboxView view in page.Devboxes)
            {
                yield return view;
            }

            next = PageAfter(page, next);
        }
    }

    private static DevboxListRequest FirstPage(DevboxListRequest? request)
    {
        request ??= new();
        return request with { IncludeTotalCount = request.IncludeTotalCount ?? false };
    }

    // A cursor that does not move would fetch the same page for ever.
    private static DevboxListRequest? PageAfter(DevboxPage page, DevboxListRequest request) =>
        page.HasMore && page.Devboxes is [.., { } last] && last.Id != request.StartingAfter
            ? request with { StartingAfter = last.Id }
            : null;
}
