// What most methods share: a daemon that is started once, and nothing to prepare.
using System.Collections.Generic;
using System.Globalization;
using Baton.Lab.Runs;
using Baton.Lab.Stages;

namespace Baton.Lab.Methods;

internal abstract class ReloadMethod(int number, string name, string title) : IReloadMethod
{
    public int Number => number;
    public string Name => name;
    public string Title => title;

    public virtual bool? Lossless(Target target, LoadKind load) => null;

    public virtual IReadOnlyList<LoadKind> Loads(Target target) => [LoadKind.Short];

    public virtual string? Unavailable(LabOptions options, Target target) => null;

    public virtual void Prepare(Stage stage) { }

    public virtual void Start(Stage stage) => stage.StartDaemon();

    public abstract void Reload(Stage stage);

    public virtual void Stop(Stage stage) { }

    protected static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The classic order: a second process binds beside the first one and tells it to finish.</summary>
    protected static void SoftFinish(Stage stage) => stage.StartDaemon("-sf", Text(stage.Pid));

    /// <summary>The reason why a command in a namespace fails; null when it works.</summary>
    protected static string? Try(string what, params IEnumerable<string[]> commands)
    {
        using var probe = new NetworkNamespace();
        foreach (string[] command in commands)
        {
            try
            {
                Shell.Must(probe.Command(command));
            }
            catch (LabException e)
            {
                return $"{what}: {e.Message}";
            }
        }
        return null;
    }
}
