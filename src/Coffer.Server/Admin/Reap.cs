using Coffer.Access;
using Coffer.Http;
using Microsoft.AspNetCore.Http;

namespace Coffer.Server.Admin;

/// <summary>POST /admin/v1/reap: ends a hold of the reaper (with "confirm": true), and lets it run now.</summary>
internal static class Reap
{
    public static async Task Handle(HttpContext http, AdminRoutesContext admin)
    {
        Caller caller = await admin.CallerAsync(http);
        using JsonBody body = await JsonBody.ReadAsync(http);
        int removed = await admin.Reaper.RunAsync(caller, body.Flag("confirm") ?? false, http.RequestAborted);
        await JsonResponse.WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("removed"u8, removed);
            json.WriteBoolean("holding"u8, admin.Reaper.IsHolding);
            json.WriteEndObject();
        });
    }
}
