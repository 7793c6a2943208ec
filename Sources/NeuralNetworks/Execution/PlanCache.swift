/// The plans for the sizes that were asked for lately.
struct PlanCache<Plan> {
    private var plans: [[Int]: Plan] = [:]

    /// Plans kept: sizes in use at one time are few.
    private static var mostPlans: Int { 16 }

    /// - Parameters:
    ///   - shape: images × channels × rows × columns.
    ///   - make: from images, rows and columns.
    mutating func plan(for shape: [Int], make: (Int, Int, Int) throws -> Plan) rethrows -> Plan {
        let key = [shape[0], shape[2], shape[3]]
        if let known = plans[key] { return known }
        let made = try make(key[0], key[1], key[2])
        if plans.count >= Self.mostPlans { plans.removeAll() }
        plans[key] = made
        return made
    }
}
